import type { JudgedTarget } from '../../domain/backtest.ts';
import type { HtmlSection } from '../../plots/page.ts';
import { drawReliability } from '../../plots/reliability.ts';
import { drawRiskCoverage } from '../../plots/risk-coverage.ts';
import { consistencyBand, findAccepted, shareOfBin } from './accepted.ts';
import { decimal, percent, range, shareWithInterval, TARGET_NAMES, tellAccepted } from './format.ts';
import { INTRODUCTIONS } from './wording.ts';

/** Points of a curve in its table: enough to read it, few enough to scroll. */
const TABLE_POINTS = 20;
/** A line of more points looks the same. */
const DRAWN_POINTS = 400;

/** How far the confidences of one split can be believed. */
export function sectionsOfConfidence(judged: readonly JudgedTarget[], split: string, note: string): HtmlSection[] {
  if (judged.length === 0) return [];
  return [
    sectionOfQuality(judged, split, note),
    sectionOfReliability(judged, split),
    sectionOfCoverage(judged, split),
    sectionOfThresholds(judged, split),
  ];
}

function sectionOfQuality(judged: readonly JudgedTarget[], split: string, note: string): HtmlSection {
  return {
    title: `Can its confidence be believed? (${split})`,
    note,
    header: ['', 'n', 'right', 'Brier', 'Brier skill', 'AUROC', 'ECE', '95 %', 'ECE if true: median', 'p95'],
    rows: judged.map(({ target, n, quality }) => [
      TARGET_NAMES[target],
      String(n),
      percent(quality.baseRate),
      decimal(quality.brier),
      decimal(quality.brierSkill),
      decimal(quality.auroc),
      decimal(quality.ece),
      quality.eceInterval.map(decimal).join('–'),
      decimal(quality.eceNull.median),
      decimal(quality.eceNull.p95),
    ]),
  };
}

function sectionOfReliability(judged: readonly JudgedTarget[], split: string): HtmlSection {
  return {
    title: `Reliability (${split})`,
    note: INTRODUCTIONS.reliabilityPlot,
    svg: judged
      .map(({ target, bins }) =>
        drawReliability(
          TARGET_NAMES[target],
          bins.map((bin) => ({ ...bin, band: consistencyBand(bin) })),
        ),
      )
      .join(''),
    header: ['', 'said', 'on average', 'was so', 'if true', 'n'],
    rows: judged.flatMap(({ target, bins }) =>
      bins.map((bin) => [
        TARGET_NAMES[target],
        range(bin.from, bin.to),
        percent(bin.confidence),
        shareWithInterval(shareOfBin(bin)),
        range(...consistencyBand(bin)),
        String(bin.n),
      ]),
    ),
  };
}

function sectionOfCoverage(judged: readonly JudgedTarget[], split: string): HtmlSection {
  const lines = judged.map(({ target, coverage }) => ({
    name: TARGET_NAMES[target],
    points: thinOut(coverage, DRAWN_POINTS),
  }));
  return {
    title: `Risk by coverage (${split})`,
    note: INTRODUCTIONS.coverage,
    svg: drawRiskCoverage(`Risk by coverage, ${split}`, lines),
    header: ['', 'confidence from', 'answered', 'wrong'],
    rows: judged.flatMap(({ target, coverage }) =>
      thinOut(coverage, TABLE_POINTS).map((point) => [
        TARGET_NAMES[target],
        percent(point.threshold),
        percent(point.coverage),
        percent(point.risk),
      ]),
    ),
  };
}

function sectionOfThresholds(judged: readonly JudgedTarget[], split: string): HtmlSection {
  return {
    title: `Thresholds (${split})`,
    note: INTRODUCTIONS.thresholds,
    header: ['', 'act from', 'answers', 'wrong', 'suggest from', 'answers', 'wrong'],
    rows: judged.map((one) => [
      TARGET_NAMES[one.target],
      ...tellAccepted(findAccepted(one, one.thresholds.act), one.n),
      ...tellAccepted(findAccepted(one, one.thresholds.suggest), one.n),
    ]),
  };
}

/** At most about so many, the first and the last among them. */
function thinOut<Point>(points: readonly Point[], most: number): Point[] {
  const step = Math.max(1, Math.ceil(points.length / most));
  return points.filter((_, at) => at % step === 0 || at === points.length - 1);
}
