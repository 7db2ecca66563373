import { findFirstSet } from '../../diagnose/confidence/calibration/thresholds.ts';
import type { JudgedTarget } from '../../domain/backtest.ts';
import { CALIBRATION_TARGETS, CASES_NEEDED } from '../../domain/calibration.ts';
import type { ReportInput } from './build-report.ts';
import { count, decimal, percent, TARGET_NAMES } from './format.ts';
import { namesCategory } from './found.ts';
import { type JudgedConfidence, NEWER_NEEDED, type TimeSplit } from './judge-confidence.ts';

/** What must be known to read the figures, in words; what weighs most comes first. */
export function listNotes(input: ReportInput, { judged, splits }: JudgedConfidence): string[] {
  return [
    ...noteFew(input),
    ...noteFailures(input),
    ...noteUncalibrated(input),
    ...noteSplits(input, splits),
    ...noteErrors(judged),
    ...noteActing(input, judged),
    ...noteCases(input),
  ];
}

function noteFew({ cases }: ReportInput): string[] {
  if (cases.length >= CASES_NEEDED.any) return [];
  return [`Only ${count(cases.length, 'incident')} could be asked about: read the intervals, not the shares.`];
}

function noteFailures({ skipped }: ReportInput): string[] {
  const failed = skipped.filter(({ reason }) => reason === 'failed');
  if (failed.length === 0) return [];
  return [`${count(failed.length, 'incident')} could not be answered; the next run asks again.`];
}

function noteUncalibrated({ calibration }: ReportInput): string[] {
  const without = CALIBRATION_TARGETS.filter((target) => calibration.targets[target] === null);
  if (without.length === 0) return [];
  const names = without.map((target) => TARGET_NAMES[target]).join(', ');
  return [`Not calibrated: ${names}. A curve needs ${CASES_NEEDED.any} graded cases; until then confidence is null.`];
}

function noteSplits({ calibration }: ReportInput, splits: readonly TimeSplit[]): string[] {
  const told = splits.map(
    ({ target, since, older, newer }) => `${TARGET_NAMES[target]} ${older} before ${since} and ${newer} since`,
  );
  const missing = CALIBRATION_TARGETS.filter(
    (target) => calibration.targets[target] !== null && splits.every((split) => split.target !== target),
  );
  const names = missing.map((target) => TARGET_NAMES[target]).join(', ');
  return [
    ...(told.length === 0 ? [] : [`Older cases taught and newer ones judged: ${told.join('; ')}.`]),
    ...(missing.length === 0
      ? []
      : [
          `Not judged by time: ${names}. That needs ${CASES_NEEDED.any} dated cases to learn from and ${NEWER_NEEDED} newer ones; ` +
            'each case judged by a fit without it says less about tomorrow.',
        ]),
  ];
}

/** Noise alone makes an error; only what lies beyond it was measured. */
function noteErrors(judged: readonly JudgedTarget[]): string[] {
  const isOff = ({ quality: { ece, eceNull } }: JudgedTarget) => ece > eceNull.p95;
  const within = judged.filter((one) => one.split === 'later' && !isOff(one));
  const told = within.map(
    ({ target, n, quality: { ece, eceNull } }) =>
      `${TARGET_NAMES[target]} ${decimal(ece)}, of up to ${decimal(eceNull.p95)} on ${count(n, 'case')}`,
  );
  return [
    ...judged.filter(isOff).map(tellMiscalibrated),
    ...noteSorting(judged),
    ...(told.length === 0
      ? []
      : [
          `Calibration errors by time lie within what a perfectly calibrated model shows by chance: ${told.join('; ')}. ` +
            'They prove no miscalibration, and not much more than that.',
        ]),
  ];
}

/** As good as a coin; a percentage that sorts nothing is the base rate in other words. */
const SORTS_FROM = 0.6;

function noteSorting(judged: readonly JudgedTarget[]): string[] {
  return judged.flatMap(({ target, split, quality: { auroc, brierSkill } }) => {
    if (split !== 'left-out' || auroc === null || auroc >= SORTS_FROM) return [];
    const skill = brierSkill !== null && brierSkill <= 0 ? ', and is no better than always saying the base rate' : '';
    return [
      `Confidence in ${TARGET_NAMES[target]} hardly tells right answers from wrong ones here (AUROC ${decimal(auroc)})${skill}.`,
    ];
  });
}

function tellMiscalibrated({ target, split, n, quality: { ece, eceNull } }: JudgedTarget): string {
  const whose = `${TARGET_NAMES[target]}, ${split === 'later' ? 'by time' : 'left out'}`;
  return (
    `Miscalibrated (${whose}): a perfectly calibrated model exceeds an error of ${decimal(eceNull.p95)} on ` +
    `${count(n, 'case')} once in twenty, and this is ${decimal(ece)}. Do not take these percentages at their word.`
  );
}

function noteActing({ risks, calibration }: ReportInput, judged: readonly JudgedTarget[]): string[] {
  if (judged.length === 0) return [];
  const meaning = `"act" lets at most ${percent(risks.act)} of answers be wrong, "suggest" ${percent(risks.suggest)}`;
  const inUse = judged.find(({ target, split }) => target === 'both' && split === 'left-out');
  const none =
    calibration.targets.both !== null && inUse?.thresholds.act === null
      ? ` No confidence is shown to be enough to act on yet: ${tellNeeded(inUse.n, risks.act)}.`
      : '';
  return [`${meaning} (95 % sure, ACT_RISK and SUGGEST_RISK); acting goes by service and category together.${none}`];
}

/** What is tested first grows with history: a few that are sure say little of thousands. */
function tellNeeded(cases: number, risk: number): string {
  const { n, wrong } = findFirstSet(cases, risk) ?? { n: casesWithoutMistake(risk), wrong: 0 };
  return wrong === 0
    ? `the surest ${n} cases without a mistake would be`
    : `of the surest ${n} cases no more than ${wrong} may be wrong`;
}

/** So many right answers in a row bound the risk at 95 %. */
function casesWithoutMistake(risk: number): number {
  return Math.ceil(Math.log(0.05) / Math.log1p(-risk));
}

function noteCases({ cases, verdicts }: ReportInput): string[] {
  const undated = cases.filter(({ date }) => date === null).length;
  const fresh = cases.filter((one) => namesCategory(one) && !one.isKnownCategory).length;
  const nameless = cases.filter((one) => !namesCategory(one)).length;
  const abstained = cases.filter(({ kind }) => kind === 'abstained').length;
  const told = (n: number, text: string) => (n === 0 ? [] : [text]);
  return [
    ...told(
      fresh,
      `${count(fresh, 'incident')} had a category that had not happened before: no precedent could name it.`,
    ),
    ...told(
      undated,
      `${count(undated, 'incident')} without a date, asked against all others whenever they were; no part of the months or the split by time.`,
    ),
    ...told(nameless, `${count(nameless, 'incident')} without a category, in no row of the categories.`),
    ...told(
      abstained,
      `${count(abstained, 'answer')} abstained; ranks are those of the leads that were given instead.`,
    ),
    ...told(
      verdicts.diagnoses,
      `Among the graded cases of confidence are ${count(verdicts.diagnoses, 'verdict')} of people.`,
    ),
  ];
}
