import { STRANGERS } from './bases.ts';
import type { Observation, Standing } from './observe.ts';

/** Half of the questions have an answer; of the others, half are strangers and half have siblings there. */
const SHARES: Readonly<Record<Standing, number>> = { answered: 0.5, stranger: 0.25, orphan: 0.25 };

/** Bases of about one size; each weighs the same, or the size itself would tell whether there is an answer. */
const SIZE_EDGES = [13, 26, 60, 120] as const;

/** Questions are asked in several wordings of many bases: this many are worth one that is independent of the others. */
const REPEATS = 10;

/**
 * What each observation counts, in their order: every size the same, within a size the three standings by their shares,
 * within a standing every set the same, however many questions it has. A size that lacks a standing says nothing.
 */
export function weigh(observations: readonly Observation[]): number[] {
  const cells = observations.map(({ standing, set, kind, size }) => ({
    size: sizeClass(size),
    standing,
    group: set === STRANGERS ? `${set} ${kind}` : set,
  }));
  const groups = new Map<string, Map<string, number>>();
  for (const { size, standing, group } of cells) {
    const cell = groups.get(`${size} ${standing}`) ?? new Map<string, number>();
    cell.set(group, (cell.get(group) ?? 0) + 1);
    groups.set(`${size} ${standing}`, cell);
  }
  const isWhole = (size: number) => Object.keys(SHARES).every((standing) => groups.has(`${size} ${standing}`));
  const raw = cells.map(({ size, standing, group }) => {
    const cell = groups.get(`${size} ${standing}`);
    if (!cell || !isWhole(size)) return 0;
    return SHARES[standing] / cell.size / (cell.get(group) ?? 1);
  });
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => (weight / total) * (observations.length / REPEATS));
}

function sizeClass(size: number): number {
  return SIZE_EDGES.filter((edge) => size >= edge).length;
}
