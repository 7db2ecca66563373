import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../../domain/document.ts';
import { keyOf } from '../../domain/document.ts';
import type { ScoreBreakdown } from '../../domain/evidence.ts';
import { buildIncident, buildRunbook, buildSection } from '../../testing/knowledge-builder.ts';
import { foldDuplicates, listDuplicates } from './duplicates.ts';
import { createPace } from './pace.ts';

const report = (day: string) =>
  `At ${day} the checkout queue grew because its consumers waited for a lock that the nightly report held on the orders
  table. We killed the report, the consumers caught up within ten minutes, and no order was lost. The report now reads
  from a replica and gives up after a minute, so that it can never hold the table again.`;

const incident = (id: string, text: string, fields: { outage?: string; category?: string } = {}) =>
  buildIncident({ id, title: 'Queue grew', sections: [buildSection(id, 'summary', text)], ...fields });

const row = (document: KnowledgeDocument, score: number, scores: ScoreBreakdown = {}) => ({
  key: keyOf(document),
  document,
  score,
  scores,
});

const fold = (...rows: ReturnType<typeof row>[]) =>
  foldDuplicates(rows).map(({ document, alike }) => [document.id, ...alike]);

describe('incidents', () => {
  it('that say the same but for the day become one row, under the best of them', () => {
    const [march, april] = [incident('march', report('03:10')), incident('april', report('04:20'))];
    expect(fold(row(april, 0.9), row(march, 0.8))).toEqual([['april', 'march']]);
  });

  it('of one outage become one row, whatever they say', () => {
    const web = incident('web', 'the page was slow', { outage: 'o1' });
    const db = incident('db', report('03:10'), { outage: 'o1' });
    expect(fold(row(web, 0.9), row(db, 0.8))).toEqual([['web', 'db']]);
  });

  it('that tell different stories stay apart, and so do those too short to tell', () => {
    const other = incident('other', report('03:10').replaceAll('lock', 'disk').split(' ').reverse().join(' '));
    expect(fold(row(incident('a', report('03:10')), 0.9), row(other, 0.8))).toEqual([['a'], ['other']]);
    expect(fold(row(incident('a', 'slow'), 0.9), row(incident('b', 'slow'), 0.8))).toEqual([['a'], ['b']]);
  });

  it('that say the same of different causes stay apart', () => {
    const leak = incident('leak', report('03:10'), { category: 'memory-leak' });
    const expired = incident('expired', report('04:20'), { category: 'expired-certificate' });
    expect(fold(row(leak, 0.9), row(expired, 0.8))).toEqual([['leak'], ['expired']]);
  });

  it('that the query names are never folded away', () => {
    const [march, april] = [incident('march', report('03:10')), incident('april', report('04:20'))];
    expect(fold(row(april, 0.9, { exact: 1 }), row(march, 0.8, { exact: 1 }))).toEqual([['april'], ['march']]);
  });
});

it('runbooks stay apart: the same steps for two alerts are two answers', () => {
  const runbook = (id: string) => buildRunbook({ id, sections: [buildSection(id, 'meaning', report('03:10'))] });
  expect(fold(row(runbook('a'), 0.9), row(runbook('b'), 0.8))).toEqual([['a'], ['b']]);
});

describe('what tells one event', () => {
  const list = async (...incidents: ReturnType<typeof incident>[]) =>
    Object.fromEntries(await listDuplicates(incidents, createPace()));
  const told = (id: string, fields = {}) => incident(id, report('03:10'), { category: 'lock', ...fields });

  it('is what says nearly the same of one cause, each naming all the others', async () => {
    expect(await list(told('a'), told('b'), told('c'))).toEqual({ a: ['b', 'c'], b: ['a', 'c'], c: ['a', 'b'] });
  });

  it('is not the same text of another cause, nor a line that is like every other', async () => {
    const short = (id: string) => incident(id, 'slow', { category: 'lock' });
    const found = await list(told('a'), told('b', { category: 'dns' }), short('c'), short('d'));
    expect(found).toEqual({ a: [], b: [], c: [], d: [] });
  });

  it('is one outage, whatever its reports say', async () => {
    const outage = (id: string, category: string) => incident(id, 'slow', { category, outage: 'o1' });
    expect(await list(outage('a', 'disk'), outage('b', 'dns'), told('c'))).toEqual({ a: ['b'], b: ['a'], c: [] });
  });
});
