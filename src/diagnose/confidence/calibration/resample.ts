import type { GradedCase } from '../../../domain/calibration.ts';
import type { Pace } from '../../retrieve/pace.ts';
import { errorOfGroups } from './bins.ts';
import { type CaseGroup, listGroups } from './groups.ts';

/** Seven draws then lie beyond each end of an interval of 95 %; more would move it by less than it is rounded. */
const DRAWS = 300;

interface Tally extends CaseGroup {
  n: number;
  right: number;
}

/** What the calibration error would be if every score were true: the least that may be called miscalibrated. Sorted. */
export function drawNullErrors(cases: readonly GradedCase[], random: () => number, pace: Pace): Promise<number[]> {
  const groups = listTallies(cases);
  return drawErrors(cases.length, pace, () => {
    for (const group of groups) {
      group.right = 0;
      for (let at = 0; at < group.n; at++) if (random() < group.score) group.right += 1;
    }
    return errorOfGroups(groups);
  });
}

/** The calibration error over samples of the cases, drawn with replacement. Sorted. */
export function drawSampleErrors(cases: readonly GradedCase[], random: () => number, pace: Pace): Promise<number[]> {
  const groups = listTallies(cases);
  const byScore = new Map(groups.map((group) => [group.score, group]));
  const owners = cases.flatMap(({ score }) => byScore.get(score) ?? []);
  return drawErrors(cases.length, pace, () => {
    for (const group of groups) {
      group.n = 0;
      group.right = 0;
    }
    for (let draw = 0; draw < cases.length; draw++) {
      const at = Math.floor(random() * cases.length);
      const owner = owners[at];
      if (!owner) continue;
      owner.n += 1;
      if (cases[at]?.isRight) owner.right += 1;
    }
    return errorOfGroups(groups);
  });
}

/** Counted anew for each draw, in place: new objects for thousands of cases a thousand times would cost seconds. */
function listTallies(cases: readonly GradedCase[]): Tally[] {
  return listGroups(cases).map((group) => ({ ...group }));
}

async function drawErrors(cases: number, pace: Pace, draw: () => number): Promise<number[]> {
  const drawn: number[] = [];
  for (let count = 0; count < DRAWS; count++) {
    drawn.push(draw());
    await pace.spend(cases);
  }
  return drawn.sort((a, b) => a - b);
}
