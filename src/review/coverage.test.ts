import { describe, expect, it } from 'vitest';
import type { SearchResponse } from '../domain/evidence.ts';
import type { SearchRequest } from '../domain/request.ts';
import { buildRunbook } from '../testing/knowledge-builder.ts';
import { measureCoverage } from './coverage.ts';
import { parseRules } from './rules.ts';

const RULES = `groups:
  - rules:
      - alert: WebLatencyHigh
        expr: latency > 1
        labels: { severity: critical }
      - alert: DiskFillsUp
        expr: disk > 0.9
        annotations: { runbook_url: "https://runbooks.example.com/db/DiskFull.md#mitigation" }
      - alert: QueueGrows
        expr: depth > 1000
        annotations: { summary: The queue grows, runbook_url: "https://runbooks.example.com/Gone.md" }
      - alert: CertExpires
        expr: expiry < 7
`;

const runbooks = [
  buildRunbook({ id: 'web/WebLatencyHigh', alerts: ['WebLatencyHigh'] }),
  buildRunbook({ id: 'db/DiskFull', alerts: [] }),
  buildRunbook({ id: 'db/Unused', alerts: ['NobodyFires'] }),
];

/** A search that has one answer and remembers who asked. */
function scriptedSearch() {
  const asked: SearchRequest[] = [];
  const search = async (request: SearchRequest): Promise<SearchResponse> => {
    asked.push(request);
    const [, disk] = runbooks;
    if (!disk) throw new Error('there is a second runbook');
    const { id, title, source } = disk;
    return {
      results: [{ kind: 'runbook', id, title, score: 0.4, relevance: 0.3, scores: {}, source, excerpt: '', alike: [] }],
      answerable: { score: 0.3, reason: '' },
    };
  };
  return { asked, search };
}

async function cover(text: string) {
  const { asked, search } = scriptedSearch();
  const coverage = await measureCoverage({ generation: 'g1', runbooks, ...parseRules(text, 'rules.yaml') }, search);
  return { asked, coverage };
}

describe('coverage', () => {
  it('finds the runbook of an alert by its name or its link', async () => {
    const { coverage } = await cover(RULES);
    expect(coverage.alerts.map(({ alert, status, runbook }) => [alert, status, runbook?.id])).toEqual([
      ['WebLatencyHigh', 'covered', 'web/WebLatencyHigh'],
      ['DiskFillsUp', 'covered', 'db/DiskFull'],
      ['QueueGrows', 'dead-link', undefined],
      ['CertExpires', 'uncovered', undefined],
    ]);
    expect(coverage.counts).toEqual({ alerts: 4, covered: 2, uncovered: 2, deadLinks: 1, unreached: 1 });
    expect(coverage.share).toBe(0.5);
  });

  it('names the nearest runbook for each gap, asking with the whole alert', async () => {
    const { asked, coverage } = await cover(RULES);
    expect(coverage.alerts[3]?.nearest).toMatchObject({ id: 'db/DiskFull', score: 0.3 });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ kinds: ['runbook'], alert: { annotations: { summary: 'The queue grows' } } });
  });

  it('names the runbooks that no alert reaches', async () => {
    const { coverage } = await cover(RULES);
    expect(coverage.unreachedRunbooks.map(({ id }) => id)).toEqual(['db/Unused']);
  });

  it('tells a dead link although the name finds a runbook', async () => {
    const { coverage } = await cover(
      'groups: [{rules: [{alert: WebLatencyHigh, expr: up, annotations: {runbook_url: "https://x.example.com/Old"}}]}]',
    );
    expect(coverage.alerts[0]).toMatchObject({ status: 'dead-link', runbook: { id: 'web/WebLatencyHigh' } });
  });

  it('of no rules is whole', async () => {
    expect((await cover('')).coverage).toMatchObject({ share: 1, alerts: [] });
  });
});
