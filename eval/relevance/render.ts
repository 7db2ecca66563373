import { interval, renderTable, round } from '../report/format.ts';
import type { HeldOut, RelevanceReport, Separation } from './measure.ts';

export function renderRelevance({ final, heldOut, bySize, typical }: RelevanceReport): string {
  const [meaning = 0, words = 0, choices = 0] = final.answer.slopes;
  const [own = 0, behind = 0] = final.row.slopes;
  const number = (value: number) => value.toFixed(2);
  return [
    '# Is there an answer, and is this it?',
    'Every set is judged by curves that were fitted on the others: AUROC / wrongly / rightly turned away.',
    renderTable(
      [
        'left out',
        'strangers, own base',
        'strangers, all sets in one base',
        'own document taken away',
        'ECE / Brier',
        'first row',
      ],
      heldOut.map(toRow),
    ),
    '## By the size of the base (strangers; left-out sets together)',
    renderTable(
      ['documents', 'n', 'AUROC', 'wrongly', 'rightly'],
      bySize.map((one) => [
        ...[String(one.size), String(one.n)],
        ...[one.auroc, one.turnedAwayWrongly, one.turnedAwayRightly].map(round),
      ]),
    ),
    '## The constants of src/diagnose/retrieve/relevance/relevance.ts, fitted on all sets',
    [
      `ANSWER_CURVE: offset ${number(final.answer.offset)}, meaning ${number(meaning)}, words ${number(words)}, choices ${number(choices)}`,
      `ROW_CURVE: offset ${number(final.row.offset)}, own ${number(own)}, behind ${number(behind)}`,
      `ANSWERABLE_THRESHOLD: ${number(final.threshold)}; left out: ${heldOut.map(({ curves }) => number(curves.threshold)).join(', ')}`,
      `TYPICAL, similarity and coverage: answered ${number(typical.answered.similarity)} ${number(typical.answered.coverage)}, unanswered ${number(typical.unanswered.similarity)} ${number(typical.unanswered.coverage)}`,
    ].join('\n\n'),
  ].join('\n\n');
}

function toRow({ set, own, pool, orphans, answerable, firstRow }: HeldOut): string[] {
  return [
    set,
    describe(own),
    pool ? describe(pool) : '',
    describe(orphans),
    `${round(answerable.ece)} / ${round(answerable.brier)}`,
    `${round(firstRow.ece)} / ${round(firstRow.brier)}`,
  ];
}

function describe({ auroc, turnedAwayWrongly, turnedAwayRightly }: Separation): string {
  return `${interval(auroc)} / ${round(turnedAwayWrongly.value)} / ${round(turnedAwayRightly.value)}`;
}
