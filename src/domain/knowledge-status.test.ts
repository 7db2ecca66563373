import { describe, expect, it } from 'vitest';
import type { Generation } from './generation.ts';
import type { SourceState } from './knowledge-source.ts';
import { buildKnowledgeStatus } from './knowledge-status.ts';

const IDLE = { last: undefined, isRunning: false };
const HEAD: SourceState = {
  name: 'ops',
  kind: 'git',
  location: 'https://git.example.com/ops.git',
  sha: 'b'.repeat(40),
};
const { sha: _sha, ...NO_SHA } = HEAD;

function generationOf(...sources: SourceState[]): Generation {
  const model = { id: 'm', checksum: 'c', dimension: 4 };
  return { key: 'g1', model, sources, publishedAt: '2026-03-01T10:00:00Z', documents: 3, chunks: 9 };
}

describe('the status of the knowledge', () => {
  it.each([
    ['the head is served', HEAD, HEAD, 'current', false],
    ['the source moved on', { ...HEAD, sha: 'a'.repeat(40) }, HEAD, 'behind', true],
    ['the source was never published', undefined, HEAD, 'unpublished', true],
    ['the source does not answer', HEAD, NO_SHA, 'unknown', false],
    ['the source was in no git repository', NO_SHA, HEAD, 'unknown', false],
  ] as const)('when %s', (_, served, head, state, isBehind) => {
    const sources = served === undefined ? [] : [served];
    const status = buildKnowledgeStatus(generationOf(...sources), [head], IDLE);
    expect(status).toMatchObject({ isBehind, sources: [{ name: 'ops', state }] });
  });

  it('names what is served, and that nothing is', () => {
    expect(buildKnowledgeStatus(generationOf(HEAD), [HEAD], IDLE)).toMatchObject({ generation: 'g1', documents: 3 });
    const nothing = buildKnowledgeStatus(undefined, [HEAD], IDLE);
    expect(nothing).toMatchObject({ documents: 0, isBehind: true });
    expect(nothing.generation).toBeUndefined();
  });

  it('passes on that files differ from the commit', () => {
    const status = buildKnowledgeStatus(generationOf(HEAD), [{ ...HEAD, dirty: true }], IDLE);
    expect(status.sources[0]).toMatchObject({ dirty: true, state: 'current' });
  });
});
