import type { CalibrationTarget } from '../../src/domain/calibration.ts';
import { renderTable, round } from '../report/format.ts';
import type { JudgedWay } from './confidences.ts';
import type { JudgedChances } from './judge-chances.ts';

/** What a calibrated confidence should reach at least; of its error, see `isErrorSmall`. */
const BARS: Readonly<Record<CalibrationTarget, { auroc?: number; brierSkill?: number; precision?: number }>> = {
  service: { auroc: 0.9, brierSkill: 0.35, precision: 0.93 },
  category: {},
  both: { auroc: 0.78, brierSkill: 0.15 },
};

const MAX_ERROR = 0.08;

const HEAD = [
  'confidence in',
  'said by',
  'n',
  'AUROC',
  'Brier skill',
  'ECE',
  'null p95',
  'mean',
  'right',
  'precision at coverage',
];

export function renderConfidence(rows: readonly JudgedWay[]): string {
  return renderTable(
    HEAD,
    rows.map(({ target, way, judged }) => {
      const cells = judged === null ? ['0', ...HEAD.slice(3).map(() => '–')] : tellJudged(judged);
      return [target, way, ...(judged !== null && way === 'calibrated' ? mark(cells, judged, target) : cells)];
    }),
  );
}

function tellJudged({ n, auroc, brierSkill, ece, eceInterval, eceNull, ...more }: JudgedChances): string[] {
  const [low, high] = eceInterval;
  return [
    String(n),
    ...[auroc, brierSkill].map(tellFigure),
    `${round(ece)} [${round(low)}–${round(high)}]`,
    ...[eceNull.p95, more.meanConfidence, more.baseRate].map(tellFigure),
    `${round(more.atHalf.precision)} at ${round(more.atHalf.coverage)}`,
  ];
}

/** Baselines have no bars. */
function mark(cells: readonly string[], judged: JudgedChances, target: CalibrationTarget): string[] {
  const { auroc = 0, brierSkill = -1, precision = 0 } = BARS[target];
  const [n = '', ranked = '', skill = '', error = '', p95 = '', mean = '', right = '', half = ''] = cells;
  const unless = (isMet: boolean, cell: string) => (isMet ? cell : `${cell} ✗`);
  return [
    n,
    unless((judged.auroc ?? 1) >= auroc, ranked),
    unless((judged.brierSkill ?? 1) >= brierSkill, skill),
    unless(isErrorSmall(judged), error),
    ...[p95, mean, right],
    unless(judged.atHalf.precision >= precision, half),
  ];
}

/** Even a true model misses by as much on so few cases, one time in twenty. */
function isErrorSmall({ ece, eceNull }: JudgedChances): boolean {
  return ece <= Math.max(MAX_ERROR, eceNull.p95);
}

function tellFigure(value: number | null): string {
  return value === null ? '–' : round(value).replace('-', '−');
}
