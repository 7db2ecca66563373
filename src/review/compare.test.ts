import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../domain/document.ts';
import type { SearchRequest } from '../domain/request.ts';
import { buildIncident, buildRunbook } from '../testing/knowledge-builder.ts';
import { compareKnowledge, type Side } from './compare.ts';
import { parseRules } from './rules.ts';

const { rules } = parseRules(
  'groups: [{rules: [{alert: DiskFull, expr: "DiskFull > 1", annotations: {summary: "DiskFull on db", runbook_url: "https://x.example.com/DiskFull.md"}}]}]',
  'rules.yaml',
);
const chunk = (id: string, text = id) => ({
  id,
  text,
  header: '',
  source: { path: 'x.md', line: 1, endLine: 1, headingPath: [], sha: '' },
});

const disk = buildRunbook({ id: 'db/DiskFull', alerts: ['DiskFull'], chunks: [chunk('disk')] });
const other = buildRunbook({ id: 'db/Other', alerts: [], chunks: [chunk('other')] });
const slow = buildIncident({ id: '2026/slow', chunks: [chunk('slow', 'Pages were slow.')] });

/** A side that answers every question with its documents in their order, and remembers the questions. */
function sideOf(...documents: KnowledgeDocument[]): Side & { readonly asked: SearchRequest[] } {
  const asked: SearchRequest[] = [];
  return {
    documents,
    asked,
    ask: async (request) => {
      asked.push(request);
      const results = documents
        .filter(({ kind }) => request.kinds.includes(kind))
        .map(({ kind, id, title, source }, at) => ({
          kind,
          id,
          title,
          source,
          score: 1 / (at + 1),
          relevance: 0.5,
          scores: {},
          excerpt: '',
          alike: [],
        }));
      return { results, answerable: { score: 1, reason: '' } };
    },
  };
}

describe('comparing two states of the knowledge', () => {
  it('finds nothing to tell when nothing changed', async () => {
    const compared = await compareKnowledge('abc', { before: sideOf(disk, slow), after: sideOf(disk, slow) }, rules);
    expect(compared.questions).toEqual([]);
    expect(compared.counts).toEqual({ asked: 3, better: 0, worse: 0, changed: 0, same: 3 });
    expect(compared.documents).toEqual({ added: [], removed: [], changed: [] });
  });

  it('asks for each alert as it is sent, and by its words alone without name and link', async () => {
    const after = sideOf(disk);
    await compareKnowledge('abc', { before: sideOf(disk), after }, rules);
    const [sent, words] = after.asked;
    expect(sent?.alert?.labels).toEqual({ alertname: 'DiskFull' });
    expect(JSON.stringify(words)).not.toContain('DiskFull');
    expect(words?.alert?.annotations).toEqual({ summary: ' on db' });
  });

  it('tells an alert whose runbook comes later now as worse, and earlier as better', async () => {
    const worse = await compareKnowledge('abc', { before: sideOf(disk, other), after: sideOf(other, disk) }, rules);
    expect(worse.questions[0]).toMatchObject({ subject: 'DiskFull', rankBefore: 1, rankAfter: 2, verdict: 'worse' });
    const better = await compareKnowledge('abc', { before: sideOf(other, disk), after: sideOf(disk, other) }, rules);
    expect(better.counts).toMatchObject({ better: 2, worse: 0 });
  });

  it('tells an alert that lost its runbook, and one that found it', async () => {
    const lost = await compareKnowledge('abc', { before: sideOf(disk), after: sideOf(other) }, []);
    expect(lost.questions).toMatchObject([{ subject: 'DiskFull', rankBefore: 1, verdict: 'worse' }]);
    expect(lost.questions[0]?.rankAfter).toBeUndefined();
    const found = await compareKnowledge('abc', { before: sideOf(other), after: sideOf(disk) }, []);
    expect(found.questions).toMatchObject([{ subject: 'DiskFull', rankAfter: 1, verdict: 'better' }]);
  });

  it('asks with the symptoms of each incident that both know, which does not find itself', async () => {
    const [before, after] = [sideOf(slow, other), sideOf(slow, disk, other)];
    const { questions } = await compareKnowledge('abc', { before, after }, []);
    expect(after.asked.some(({ query }) => query === 'Pages were slow.')).toBe(true);
    const incident = questions.find(({ kind }) => kind === 'incident');
    expect(incident).toMatchObject({ subject: '2026/slow', verdict: 'changed', before: [{ id: 'db/Other' }] });
    expect(incident?.after.map(({ id }) => id)).toEqual(['db/DiskFull', 'db/Other']);
  });

  it('names the documents that came, went and changed', async () => {
    const before = sideOf(disk, other);
    const after = sideOf({ ...disk, chunks: [chunk('disk, longer')] }, slow);
    const { documents } = await compareKnowledge('abc', { before, after }, []);
    expect(documents).toMatchObject({
      added: [{ kind: 'incident', id: '2026/slow' }],
      removed: [{ kind: 'runbook', id: 'db/Other' }],
      changed: [{ kind: 'runbook', id: 'db/DiskFull' }],
    });
  });

  it('says how far it is', async () => {
    const told: string[] = [];
    const sides = { before: sideOf(disk), after: sideOf(disk) };
    await compareKnowledge('abc', sides, rules, (done, total) => told.push(`${done}/${total}`));
    expect(told).toEqual(['1/2', '2/2']);
  });
});
