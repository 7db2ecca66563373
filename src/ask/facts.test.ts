import { expect, it } from 'vitest';
import { buildIncident, buildSection, buildSource } from '../testing/knowledge-builder.ts';
import { openShop } from './__fixtures__/shop.ts';
import { listFacts } from './facts.ts';

const PATH = 'incidents/2026/disk.md';
const around = (await openShop()).knowledge;

it('cites the front matter for what stands there, and no line below it', () => {
  const source = { ...buildSource(PATH, 1), endLine: 60 };
  const sections = [buildSection(PATH, 'summary', 'The disk of db filled up.', 12)];
  const incident = buildIncident({ id: '2026/disk', duration: '26m', source, sections });
  expect(listFacts('duration', incident, around)).toEqual([
    { text: 'It lasted 26m.', quote: '26m', commands: [], source: { ...source, endLine: 11 } },
  ]);
});

it('cites the line that holds a value which was read out of the text', () => {
  const section = buildSection(PATH, 'other', '- Severity: sev2\n- Duration: 26m', 3);
  const sections = [{ ...section, source: { ...section.source, endLine: 4 } }];
  const incident = buildIncident({ id: '2026/disk', duration: '26m', inferred: ['duration'], sections });
  expect(listFacts('duration', incident, around)[0]?.source).toMatchObject({ line: 4, endLine: 4 });
});

it('says nothing that the document does not state', () => {
  const incident = buildIncident({ id: '2026/disk' });
  for (const fact of ['duration', 'owner', 'culprit', 'alerts', 'calls'] as const) {
    expect(listFacts(fact, incident, around)).toEqual([]);
  }
});
