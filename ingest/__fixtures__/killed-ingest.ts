/**
 * An ingest that is killed on the way: `killed-ingest.ts <data folder> <knowledge folder> <stage>`. Stages are calls to
 * the index: `name` is before the first of them, `name!` after it.
 */
import { createChromaIndex } from '../../src/adapters/chroma-index.ts';
import type { KnowledgeIndex } from '../../src/ports.ts';
import { createHashEmbedder } from '../../src/testing/hash-embedder.ts';
import { ingest } from '../pipeline.ts';
import { createPreparer } from '../prepare.ts';
import { openKnowledgeDir } from '../sources/open.ts';

const [dataDir = '', knowledgeDir = '', stage = ''] = process.argv.slice(2);

function killedAt(index: KnowledgeIndex): KnowledgeIndex {
  return new Proxy(index, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (stage === String(name)) process.kill(process.pid, 'SIGKILL');
        const result: unknown = Reflect.apply(value, target, args);
        if (stage !== `${String(name)}!` || !(result instanceof Promise)) return result;
        return result.then(() => process.kill(process.pid, 'SIGKILL'));
      };
    },
  });
}

const index = killedAt(createChromaIndex({ dataDir }));
const prepare = createPreparer({ redact: async (text) => ({ text, counts: {} }) });
const now = () => new Date('2026-03-01T10:00:00Z');
const open = async () => [await openKnowledgeDir(knowledgeDir)];
await ingest({ open, recipe: 'plain', now }, { index, embedder: createHashEmbedder(), prepare });
await index[Symbol.asyncDispose]();
