import type {
  BacktestCase,
  BacktestReport,
  FoundShares,
  JudgedTarget,
  SkippedIncident,
} from '../../domain/backtest.ts';
import { findAccepted, shareOfBin } from './accepted.ts';
import { count, decimal, NONE, percent, range, shareWithInterval, TARGET_NAMES, tellAccepted } from './format.ts';
import { listMissed } from './found.ts';
import { renderTable, toCode, toPlain } from './markdown-table.ts';
import { INTRODUCTIONS, REASONS, STALE, titleOf } from './wording.ts';

/** More rows than this nobody reads in a terminal; JSON has all of them. */
const MOST_ROWS = 25;
const DETAIL_WIDTH = 120;

/** For a terminal and for a pull request. Names of incidents, services and categories are shown as code, never as markup. */
export function renderMarkdown(report: BacktestReport): string {
  const { notes, isStale } = report;
  return [
    `# ${titleOf(report)}`,
    tellRun(report),
    isStale ? `**${STALE}**` : '',
    section('Would it have found it?', INTRODUCTIONS.found, tableFound(report)),
    notes.length === 0 ? '' : `## To read this\n\n${notes.map((note) => `- ${escapeNote(note)}`).join('\n')}`,
    ...renderConfidence(report.confidence),
    section('By category', INTRODUCTIONS.byCategory, tableGroups('category', report.byCategory)),
    section('By month', INTRODUCTIONS.byMonth, tableGroups('month', report.byMonth.slice(-MOST_ROWS))),
    section('What it would have missed', INTRODUCTIONS.missed, tableMissed(report.cases)),
    section('Not asked', '', tableSkipped(report.skipped)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function section(title: string, introduction: string, body: string): string {
  return body === '' ? '' : [`## ${title}`, introduction, body].filter((part) => part !== '').join('\n\n');
}

function tellRun({ asked, skipped, engine, ranAt, generation }: BacktestReport): string {
  const day = `${ranAt.slice(0, 10)} ${ranAt.slice(11, 16)} UTC`;
  return `${count(asked, 'incident')} asked, ${skipped.length} not · engine ${engine} · ${day} · generation ${toCode(generation)}`;
}

function tableFound({ found, unseen }: BacktestReport): string {
  const row = (name: string, { top1, top3, top5 }: FoundShares) => [
    name,
    ...[top1, top3, top5].map(shareWithInterval),
    String(top1.n),
  ];
  const table = renderTable(
    ['the right …', 'first', 'in the first 3', 'in the first 5', 'n'],
    [
      row('service', found.service),
      row('category', found.category),
      row('service and category', found.both),
      row('precedent', found.precedent),
    ],
  );
  const { recall, precision } = unseen;
  const news =
    `Of ${count(recall.n, 'incident')} of a category that had not happened before, ${shareWithInterval(recall)} were called unseen; ` +
    `of ${count(precision.n, 'answer')} that said unseen, ${shareWithInterval(precision)} were right.`;
  return `${table}\n\n${news}`;
}

function renderConfidence(judged: readonly JudgedTarget[]): string[] {
  const [later, leftOut] = (['later', 'left-out'] as const).map((split) => judged.filter((one) => one.split === split));
  const headline = later && later.length > 0 ? later : (leftOut ?? []);
  return [
    section('Can its confidence be believed? By time', INTRODUCTIONS.later, tablesOf(later ?? [])),
    section('Can its confidence be believed? Each case left out', INTRODUCTIONS.leftOut, tablesOf(leftOut ?? [])),
    section('What was said, and how often it was so', INTRODUCTIONS.reliability, tableBins(headline)),
  ];
}

function tablesOf(judged: readonly JudgedTarget[]): string {
  return judged.length === 0 ? '' : `${tableQuality(judged)}\n\n${tableThresholds(judged)}`;
}

function tableQuality(judged: readonly JudgedTarget[]): string {
  return renderTable(
    ['', 'n', 'right', 'Brier skill', 'AUROC', 'ECE', '95 %', 'ECE if true', 'ECE if true, p95'],
    judged.map(({ target, n, quality }) => [
      TARGET_NAMES[target],
      String(n),
      percent(quality.baseRate),
      decimal(quality.brierSkill),
      decimal(quality.auroc),
      decimal(quality.ece),
      quality.eceInterval.map(decimal).join('–'),
      decimal(quality.eceNull.median),
      decimal(quality.eceNull.p95),
    ]),
  );
}

function tableThresholds(judged: readonly JudgedTarget[]): string {
  return renderTable(
    ['', 'act from', 'answers', 'wrong', 'suggest from', 'answers', 'wrong'],
    judged.map((one) => [
      TARGET_NAMES[one.target],
      ...tellAccepted(findAccepted(one, one.thresholds.act), one.n),
      ...tellAccepted(findAccepted(one, one.thresholds.suggest), one.n),
    ]),
  );
}

function tableBins(judged: readonly JudgedTarget[]): string {
  const rows = judged.flatMap(({ target, bins }) =>
    bins.map((bin) => [
      TARGET_NAMES[target],
      range(bin.from, bin.to),
      shareWithInterval(shareOfBin(bin)),
      String(bin.n),
    ]),
  );
  return rows.length === 0 ? '' : renderTable(['', 'said', 'was so', 'n'], rows);
}

function tableGroups(what: string, groups: BacktestReport['byCategory']): string {
  if (groups.length === 0) return '';
  const rows = groups
    .slice(0, MOST_ROWS)
    .map(({ name, found, precedent }) => [
      toCode(name),
      ...[found.top1, found.top3, found.top5, precedent.top5].map(shareWithInterval),
      String(found.top1.n),
    ]);
  return (
    renderTable([what, 'first', 'in the first 3', 'in the first 5', 'precedent in 5', 'n'], rows) + more(groups.length)
  );
}

function tableMissed(cases: readonly BacktestCase[]): string {
  const missed = listMissed(cases);
  if (missed.length === 0) return '';
  const cause = ({ service, category }: BacktestCase['truth']) =>
    `${toCode(category ?? '')} at ${toCode(service ?? '', 30)}`;
  const rows = missed
    .slice(0, MOST_ROWS)
    .map((one) => [toCode(one.incident), one.date ?? NONE, cause(one.truth), cause(one.said)]);
  return renderTable(['incident', 'day', 'was', 'said'], rows) + more(missed.length);
}

function tableSkipped(skipped: readonly SkippedIncident[]): string {
  if (skipped.length === 0) return '';
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  const rows = reasons.map((reason) => {
    const alike = skipped.filter((one) => one.reason === reason);
    const example = alike.find(({ detail }) => detail !== undefined)?.detail ?? alike[0]?.incident;
    return [REASONS[reason], String(alike.length), toCode(example ?? '', DETAIL_WIDTH)];
  });
  return renderTable(['because', 'incidents', 'such as'], rows);
}

function more(rows: number): string {
  return rows > MOST_ROWS ? `\n\n… and ${rows - MOST_ROWS} more, in the JSON.` : '';
}

/** Words of this program, in which no mark stands for markup. */
function escapeNote(note: string): string {
  return toPlain(note).replace(/[\\`*<>[\]|]/g, (mark) => `\\${mark}`);
}
