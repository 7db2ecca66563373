import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createChromaIndex } from '../src/adapters/chroma-index.ts';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { ingest } from './pipeline.ts';
import { createPreparer } from './prepare.ts';
import { openKnowledgeDir } from './sources/open.ts';

const SCRIPT = fileURLToPath(new URL('./__fixtures__/killed-ingest.ts', import.meta.url));
const run = promisify(execFile);

/** Before anything is added, after each kind of write, before the flip, after it, and in the middle of sweeping. */
const STAGES = ['listMissing', 'addChunks!', 'addDocuments!', 'publish', 'publish!', 'sweep!'];

const page = (edition: number) => `# High\n\n## Meaning\n\nAlways.\n\n## Mitigation\n\n1. Do thing ${edition}\n`;

async function ingestHere(dataDir: string, knowledgeDir: string) {
  await using index = createChromaIndex({ dataDir });
  const prepare = createPreparer({ redact: async (text) => ({ text, counts: {} }) });
  const input = {
    open: async () => [await openKnowledgeDir(knowledgeDir)],
    recipe: 'plain',
    now: () => new Date('2026-03-01T10:00:00Z'),
  };
  const before = await look(index);
  const report = await ingest(input, { index, embedder: createHashEmbedder(), prepare });
  return { before, report, after: await look(index) };
}

/** The text of the runbook that is served, once it is certain that all of it is there. */
async function look(index: KnowledgeIndex): Promise<string | undefined> {
  const generation = await index.findGeneration();
  if (generation === undefined) return undefined;
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  for (const { kind, chunks } of documents) {
    const ids = chunks.map(({ id }) => id);
    expect(await index.listMissing(kind, generation.model, ids)).toEqual([]);
  }
  return documents.flatMap(({ steps }) => steps.map(({ text }) => text)).join();
}

describe('an ingest that is killed', () => {
  it('leaves the old generation or the new one served, and the next one completes', async () => {
    await using folder = await createKnowledgeFolder({ 'knowledge/runbooks/a.md': page(0) });
    const [dataDir, knowledgeDir] = [join(folder.path, 'data'), join(folder.path, 'knowledge')];
    await ingestHere(dataDir, knowledgeDir);
    for (const [at, stage] of STAGES.entries()) {
      await folder.write('knowledge/runbooks/a.md', page(at + 1));
      const killed = run(process.execPath, ['--import', 'tsx', SCRIPT, dataDir, knowledgeDir, stage]);
      await expect(killed, stage).rejects.toMatchObject({ signal: 'SIGKILL' });
      const { before, report, after } = await ingestHere(dataDir, knowledgeDir);
      const isFlipped = stage === 'publish!' || stage === 'sweep!';
      expect(before, stage).toBe(`Do thing ${isFlipped ? at + 1 : at}`);
      expect(after, stage).toBe(`Do thing ${at + 1}`);
      expect(report, stage).toMatchObject({ published: !isFlipped, documents: 1 });
    }
    // Twelve processes with a server each, one after another.
  }, 180_000);
});
