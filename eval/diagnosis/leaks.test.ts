import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/diagnosis.ts';
import { buildDiagnosis } from '../../src/testing/diagnosis-builder.ts';
import { buildIncident, buildSource } from '../../src/testing/knowledge-builder.ts';
import { listLeaks } from './leaks.ts';

const before = buildIncident({ id: '2026/a', date: '2026-01-01' });
const itself = buildIncident({ id: '2026/b', date: '2026-02-01' });
const later = buildIncident({ id: '2026/c', date: '2026-03-01' });
const undated = buildIncident({ id: 'd' });
const all = [before, itself, later, undated];

const leaksOf = (fields: Partial<Diagnosis>) => listLeaks(buildDiagnosis(fields), itself, all);

function precedent(id: string, alike: string[] = []): Diagnosis['precedents'][number] {
  const told = { title: id, score: 1, scores: {}, category: null, rootCause: null, mitigation: [] };
  return { ...told, id, alike, date: null, duration: null, source: buildSource(`incidents/${id}.md`) };
}

function hypothesis(document: string, summary = ''): Diagnosis['hypotheses'][number] {
  const citations = [{ document, source: buildSource('incidents/x.md') }];
  return { service: 'db', category: 'disk', summary, support: 1, citations, check: null };
}

describe('an answer as of an incident’s day', () => {
  it('may show what happened before', () => {
    expect(leaksOf({ precedents: [precedent('2026/a')], hypotheses: [hypothesis('incident:2026/a')] })).toEqual([]);
  });

  it.each([
    ['a later precedent', { precedents: [precedent('2026/c')] }, ['2026/c']],
    ['itself', { precedents: [precedent('2026/b')] }, ['2026/b']],
    ['one of which nobody knows the day', { precedents: [precedent('d')] }, ['d']],
    ['a later one that is like an earlier', { precedents: [precedent('2026/a', ['2026/c'])] }, ['2026/c']],
    ['a citation of a later one', { hypotheses: [hypothesis('incident:2026/c')] }, ['2026/c']],
    ['a later one by name', { hypotheses: [hypothesis('incident:2026/a', 'as in (2026/c).')] }, ['2026/c']],
  ])('leaks by %s', (_, fields, leaks) => {
    expect(leaksOf(fields)).toEqual(leaks);
  });
});
