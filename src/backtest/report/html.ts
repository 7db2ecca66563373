import type { BacktestReport, JudgedTarget } from '../../domain/backtest.ts';
import { type HtmlSection, renderPage } from '../../plots/page.ts';
import { drawShareRows, type ShareRow } from '../../plots/share-rows.ts';
import { count, shareWithInterval } from './format.ts';
import { listMissed } from './found.ts';
import { sectionsOfConfidence } from './html-confidence.ts';
import { INTRODUCTIONS, REASONS, STALE, titleOf } from './wording.ts';

/** A plot of more lines is none; the table below it has all of them. */
const MOST_ROWS = 24;

/** What was missed, in a table: whoever wants thousands takes the JSON. */
const MOST_MISSED = 200;

const SERIES = ['first', 'in the first 3', 'in the first 5'] as const;
const HEADER = [...SERIES, 'n'];

/** One page, whole in itself: plots, each with its figures as a table. No script, nothing from elsewhere. */
export function renderHtml(report: BacktestReport): string {
  const { byCategory, byMonth, notes, isStale } = report;
  const sections = [
    sectionOfFound(report),
    sectionOfUnseen(report),
    ...sectionsOfConfidence(report.confidence.filter(isLater), 'by time', INTRODUCTIONS.later),
    ...sectionsOfConfidence(report.confidence.filter(isLeftOut), 'each case left out', INTRODUCTIONS.leftOut),
    ...sectionOfGroups('By category', 'category', INTRODUCTIONS.byCategory, byCategory.slice(0, MOST_ROWS), byCategory),
    ...sectionOfGroups('By month', 'month', INTRODUCTIONS.byMonth, byMonth.slice(-MOST_ROWS), byMonth),
    ...sectionOfMissed(report),
    ...sectionOfSkipped(report),
  ];
  const head = {
    title: titleOf(report),
    introduction: tellRun(report),
    notes,
    ...(isStale ? { warning: STALE } : {}),
  };
  return renderPage(head, sections);
}

function isLater({ split }: JudgedTarget): boolean {
  return split === 'later';
}

function isLeftOut({ split }: JudgedTarget): boolean {
  return split === 'left-out';
}

function tellRun({ asked, skipped, engine, ranAt, generation }: BacktestReport): string {
  const day = `${ranAt.slice(0, 10)} ${ranAt.slice(11, 16)} UTC`;
  return `${count(asked, 'incident')} asked, ${skipped.length} not. Engine ${engine}, ${day}, generation ${generation}.`;
}

function sectionOfFound({ found }: BacktestReport): HtmlSection {
  const groups = [
    { name: 'service', shares: found.service },
    { name: 'category', shares: found.category },
    { name: 'service and category', shares: found.both },
    { name: 'a precedent of that cause', shares: found.precedent },
  ];
  const rows = groups.map(({ name, shares }) => toRow(name, shares));
  return {
    title: 'Would it have found it?',
    note: INTRODUCTIONS.found,
    svg: drawShareRows('What was found among the first 1, 3 and 5', SERIES, rows),
    header: ['the right …', ...HEADER],
    rows: groups.map(({ name, shares }) => [name, ...cellsOf(shares)]),
  };
}

function sectionOfUnseen({ unseen: { recall, precision } }: BacktestReport): HtmlSection {
  return {
    title: 'Does it know what is new?',
    note: 'Whether an incident of a category that had not happened before was called unseen, and whether what was called so was.',
    header: ['', 'share', 'n'],
    rows: [
      ['of what was new, called unseen', shareWithInterval(recall), String(recall.n)],
      ['of what was called unseen, new', shareWithInterval(precision), String(precision.n)],
    ],
  };
}

type Group = BacktestReport['byCategory'][number];

function sectionOfGroups(
  title: string,
  what: string,
  note: string,
  drawn: readonly Group[],
  all: readonly Group[],
): HtmlSection[] {
  if (all.length === 0) return [];
  const hidden = all.length - drawn.length;
  return [
    {
      title,
      note: hidden === 0 ? note : `${note} ${hidden} more are in the table.`,
      svg: drawShareRows(
        title,
        SERIES,
        drawn.map(({ name, found }) => toRow(name, found)),
      ),
      header: [what, ...HEADER, 'precedent in the first 5'],
      rows: all.map(({ name, found, precedent }) => [name, ...cellsOf(found), shareWithInterval(precedent.top5)]),
    },
  ];
}

function sectionOfMissed({ cases }: BacktestReport): HtmlSection[] {
  const missed = listMissed(cases);
  if (missed.length === 0) return [];
  const hidden = missed.length - MOST_MISSED;
  return [
    {
      title: 'What it would have missed',
      note: hidden > 0 ? `${INTRODUCTIONS.missed} ${hidden} older ones are in the JSON.` : INTRODUCTIONS.missed,
      header: ['incident', 'title', 'day', 'was', 'said'],
      rows: missed
        .slice(0, MOST_MISSED)
        .map(({ incident, title, date, truth, said }) => [
          incident,
          title,
          date ?? '',
          tellCause(truth),
          tellCause(said),
        ]),
    },
  ];
}

function sectionOfSkipped({ skipped }: BacktestReport): HtmlSection[] {
  if (skipped.length === 0) return [];
  return [
    {
      title: 'Not asked',
      note: 'Why each of these was left out.',
      header: ['incident', 'because', 'in detail'],
      rows: skipped.map(({ incident, reason, detail }) => [incident, REASONS[reason], detail ?? '']),
    },
  ];
}

function toRow(name: string, { top1, top3, top5 }: Group['found']): ShareRow {
  return { name, n: top1.n, shares: [top1, top3, top5] };
}

function cellsOf({ top1, top3, top5 }: Group['found']): string[] {
  return [...[top1, top3, top5].map(shareWithInterval), String(top1.n)];
}

function tellCause({
  service,
  category,
}: {
  readonly service: string | null;
  readonly category: string | null;
}): string {
  return `${category ?? 'no category'} at ${service ?? 'no service'}`;
}
