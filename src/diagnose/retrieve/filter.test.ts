import { describe, expect, it } from 'vitest';
import { keyOf } from '../../domain/document.ts';
import { buildIncident, buildRunbook } from '../../testing/knowledge-builder.ts';
import { buildFilter, type DocumentFilter } from './filter.ts';

const documents = [
  buildIncident({ id: 'march', date: '2026-03-01', category: 'load-spike', services: ['web'] }),
  buildIncident({ id: 'april', date: '2026-04-01', category: 'bad-config', services: ['Checkout'] }),
  buildIncident({ id: 'undated', services: ['web'] }),
  buildRunbook({ id: 'runbook', services: ['web'] }),
];
const knowledge = { documents: new Map(documents.map((document) => [keyOf(document), document])) };

function admitted(filter: DocumentFilter): string[] {
  const accept = buildFilter(filter, knowledge);
  return documents.filter((document) => accept?.(keyOf(document)) ?? true).map(({ id }) => id);
}

describe('a question', () => {
  it.each<[string, DocumentFilter, string[]]>([
    ['with no filter admits all', {}, ['march', 'april', 'undated', 'runbook']],
    ['about a service admits what is about it', { onlyServices: ['web'] }, ['march', 'undated', 'runbook']],
    ['spells services as it likes', { onlyServices: ['CHECKOUT'] }, ['april']],
    ['about no service admits nothing', { onlyServices: [] }, []],
    ['about a category admits its incidents only', { onlyCategories: ['Load-Spike'] }, ['march']],
    ['since a day admits incidents of it and later', { since: '2026-04-01' }, ['april']],
    ['as of a day knows what came before', { asOf: new Date('2026-04-01T12:00:00Z') }, ['march', 'runbook']],
    ['does not know incidents that are withheld', { withheld: ['march', 'runbook'] }, ['april', 'undated', 'runbook']],
    ['holds to all filters at once', { onlyServices: ['web'], since: '2026-01-01' }, ['march']],
  ])('%s', (_, filter, expected) => {
    expect(admitted(filter)).toEqual(expected);
  });

  it('admits nothing that is not there', () => {
    expect(buildFilter({ onlyServices: ['web'] }, knowledge)?.('incident:gone')).toBe(false);
  });
});
