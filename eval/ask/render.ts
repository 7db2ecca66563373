import type { Share } from '../../src/domain/backtest.ts';
import { renderTable } from '../report/format.ts';
import type { AskFigures } from './measure.ts';

export function renderAsk(figures: readonly AskFigures[]): string {
  const rows = figures.map((each) => [
    each.name,
    share(each.found),
    share(each.said),
    share(each.refusedWrongly),
    share(each.refusedRightly),
    share(each.precision),
    `${each.citations - each.strange.length} of ${each.citations}`,
  ]);
  const head = [
    'knowledge',
    'found@1',
    'says it',
    'refused wrongly',
    'refused rightly',
    'of refusals right',
    'citations that hold',
  ];
  const notes = figures.flatMap(({ name, misses, strange }) => [
    ...misses.map((miss) => `- ${name}: ${miss}`),
    ...strange.map((citation) => `- ${name}: ${citation}`),
  ]);
  return ['# Ask, without a model', renderTable(head, rows), '## Misses', notes.join('\n') || 'None.'].join('\n\n');
}

function share(given: Share | undefined): string {
  return given === undefined || given.value === null ? '' : `${(given.value * 100).toFixed(0)} % of ${given.n}`;
}
