import { exactInterval } from '../../diagnose/confidence/calibration/clopper-pearson.ts';
import type { BacktestCase, BacktestReport, FoundShares, Share } from '../../domain/backtest.ts';
import { normaliseName } from '../history.ts';

/** Where the right one stood, from 1 on; null when it was not among those named. */
type Rank = number | null;

export function buildShare(hits: number, n: number): Share {
  return { n, value: n === 0 ? null : hits / n, interval: exactInterval(hits, n) };
}

export function countFound(ranks: readonly Rank[]): FoundShares {
  const among = (first: number) =>
    buildShare(ranks.filter((rank) => rank !== null && rank <= first).length, ranks.length);
  return { top1: among(1), top3: among(3), top5: among(5) };
}

/** Of each thing, only cases whose truth names it. An incident that was the first of its category counts: it was not found. */
export function buildFound(cases: readonly BacktestCase[]): BacktestReport['found'] {
  const named = { service: cases.filter(namesService), category: cases.filter(namesCategory) };
  return {
    service: countFound(named.service.map(({ ranks }) => ranks.service)),
    category: countFound(named.category.map(({ ranks }) => ranks.category)),
    both: countFound(named.service.filter(namesCategory).map(({ ranks }) => ranks.both)),
    precedent: countPrecedents(cases),
  };
}

/** The largest first. What names no category is in none. */
export function groupByCategory(cases: readonly BacktestCase[]): BacktestReport['byCategory'] {
  // People spell one category in several ways; the first spelling is shown.
  const spelling = new Map<string, string>();
  const groups = groupBy(cases, ({ truth }) => {
    if (truth.category === null) return undefined;
    const name = normaliseName(truth.category);
    if (!spelling.has(name)) spelling.set(name, truth.category.trim());
    return name;
  });
  return [...groups]
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || compareText(a, b))
    .map(([name, group]) => buildGroup(spelling.get(name) ?? name, group));
}

/** The oldest first. What has no date is in none. */
export function groupByMonth(cases: readonly BacktestCase[]): BacktestReport['byMonth'] {
  return [...groupBy(cases, ({ date }) => date?.slice(0, 7))]
    .sort(([a], [b]) => compareText(a, b))
    .map(([month, group]) => buildGroup(month, group));
}

/** An abstention says that nothing like it had happened, as does an answer that names no known category. */
export function judgeUnseen(cases: readonly BacktestCase[]): BacktestReport['unseen'] {
  const named = cases.filter(namesCategory);
  const [isNew, isCalledNew] = [(one: BacktestCase) => !one.isKnownCategory, callsUnseen];
  const both = named.filter((one) => isNew(one) && isCalledNew(one)).length;
  return {
    recall: buildShare(both, named.filter(isNew).length),
    precision: buildShare(both, named.filter(isCalledNew).length),
  };
}

export function namesService({ truth }: BacktestCase): boolean {
  return truth.service !== null;
}

export function namesCategory({ truth }: BacktestCase): boolean {
  return truth.category !== null;
}

/** Where the whole of what the truth names stood: both, where it names both. */
export function rankOfCause({ truth, ranks }: BacktestCase): Rank {
  if (truth.service === null) return ranks.category;
  return truth.category === null ? ranks.service : ranks.both;
}

/** The newest first: they are remembered best. What was new and called so was not missed. */
export function listMissed(cases: readonly BacktestCase[]): BacktestCase[] {
  return cases
    .filter((one) => (rankOfCause(one) ?? Number.POSITIVE_INFINITY) > 5 && !isRightlyUnseen(one))
    .sort((a, b) => compareText(b.date ?? '', a.date ?? '') || compareText(a.incident, b.incident));
}

function isRightlyUnseen(one: BacktestCase): boolean {
  return namesCategory(one) && !one.isKnownCategory && callsUnseen(one);
}

function callsUnseen({ said }: BacktestCase): boolean {
  return said.category === 'unseen';
}

function countPrecedents(cases: readonly BacktestCase[]): FoundShares {
  return countFound(
    cases.filter((one) => namesService(one) || namesCategory(one)).map(({ precedentRank }) => precedentRank),
  );
}

function buildGroup(name: string, group: readonly BacktestCase[]): BacktestReport['byMonth'][number] {
  return { name, found: countFound(group.map(rankOfCause)), precedent: countPrecedents(group) };
}

function groupBy<Row>(rows: readonly Row[], nameOf: (row: Row) => string | undefined): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
