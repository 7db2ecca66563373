/**
 * How fast and how large is an ingest? Makes a knowledge folder of its own, ingests it into a fresh Chroma with the
 * bundled model, then again, then again with one file changed:
 *
 *     npm run bench -- ingest                                            a few minutes
 *     npm run bench -- ingest --documents 10000                          an hour or more: 100,000 chunks
 *     npm run bench -- ingest --documents 10000 --embedder none          the same without the model's share
 *
 * Chroma is a process of its own, and its memory is not counted.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { ingest } from '../../ingest/pipeline.ts';
import type { PrepareFile } from '../../ingest/prepare.ts';
import { openKnowledgeDir } from '../../ingest/sources/open.ts';
import { createChromaIndex } from '../../src/adapters/chroma-index.ts';
import { createTransformersEmbedder } from '../../src/adapters/transformers-embedder.ts';
import { PROJECT_DIR } from '../../src/config.ts';
import type { IngestReport } from '../../src/domain/ingest-report.ts';
import type { Embedder } from '../../src/ports.ts';
import { createPreparePool } from '../../src/prepare-pool.ts';
import { countWords } from '../../src/testing/hash-embedder.ts';
import { writeDocument, writeKnowledge } from './knowledge.ts';

const { values: options } = parseArgs({
  options: {
    documents: { type: 'string', default: '300' },
    /** `model` is the bundled one; with `none` vectors cost nothing. */
    embedder: { type: 'string', default: 'model' },
    threads: { type: 'string' },
  },
});

const MB = 1_000_000;
const SAMPLE_MS = 20;
const DIMENSION = 256;
const documents = Number(options.documents);
const hasModel = options.embedder === 'model';
const folder = await mkdtemp(join(tmpdir(), 'precedent-bench-'));
const texts: string[] = [];

try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const knowledge = join(folder, 'knowledge');
  await writeKnowledge(knowledge, documents);
  await using real = hasModel ? openModel() : createFreeEmbedder();
  await using index = createChromaIndex({ dataDir: join(folder, 'data') });
  await using pool = createPreparePool({ policy: ['secrets', 'emails'] });
  let prepared = 0;
  const prepare: PrepareFile = (file, signal) => {
    prepared++;
    return pool.prepare(file, signal);
  };
  const embedder = hasModel ? recording(real) : real;
  const input = { open: async () => [await openKnowledgeDir(knowledge)], recipe: 'bench', now: () => new Date() };
  const run = async () => {
    prepared = 0;
    const began = performance.now();
    const report = await ingest(input, { index, embedder, prepare });
    return { report, prepared, seconds: (performance.now() - began) / 1_000 };
  };
  // Loaded before anything is measured: the model's memory and its start are not what this is about.
  await real.embed(['warm up'], 'passage');
  await real.loadTokenizer();

  print(`${documents} documents, embedder: ${hasModel ? 'the bundled model' : 'none (vectors cost nothing)'}`);
  const peak = watchMemory();
  const first = await run();
  const { above } = peak.stop();
  print(`first ingest: ${tell(first)}`);
  print(`  peak memory above the loaded model: ${Math.round(above / MB)} MB`);
  if (hasModel) {
    const alone = await embedAlone(real);
    print(`embedder alone on the same texts: ${alone.toFixed(1)} s`);
    print(`  the ingest runs at ${((100 * alone) / first.seconds).toFixed(1)} % of that`);
  }
  print(`nothing changed: ${tell(await run())}`);
  const { path, text } = writeDocument(Math.floor(documents / 2), 1);
  await writeFile(join(knowledge, path), text);
  // As a running server does when a webhook tells of a push.
  pool.warm();
  print(`one file changed: ${tell(await run())}`);
}

function openModel(): Embedder {
  const model = join(PROJECT_DIR, 'models', 'runbook-embed-small');
  const threads = options.threads === undefined ? {} : { threads: Number(options.threads) };
  return createTransformersEmbedder({ model, cacheDir: join(folder, 'models'), ...threads });
}

/** Keeps the texts, so that the embedder can be asked for the same ones alone. */
function recording(embedder: Embedder): Embedder {
  return {
    maxBatch: embedder.maxBatch,
    describe: (signal) => embedder.describe(signal),
    loadTokenizer: (signal) => embedder.loadTokenizer(signal),
    embed: (batch, role, signal) => {
      texts.push(...batch);
      return embedder.embed(batch, role, signal);
    },
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Unit vectors that differ, for the price of two numbers. */
function createFreeEmbedder(): Embedder {
  let count = 0;
  const next = () => {
    const angle = count++;
    const vector = new Float32Array(DIMENSION);
    vector[angle % (DIMENSION - 1)] = Math.cos(angle);
    vector[(angle % (DIMENSION - 1)) + 1] = Math.sin(angle);
    return vector;
  };
  return {
    maxBatch: 256,
    describe: async () => ({ id: 'none', checksum: 'none', dimension: DIMENSION }),
    loadTokenizer: async () => countWords,
    embed: async (batch) => batch.map(next),
    [Symbol.asyncDispose]: async () => {},
  };
}

async function embedAlone(embedder: Embedder): Promise<number> {
  const began = performance.now();
  const batches = Array.from({ length: Math.ceil(texts.length / embedder.maxBatch) }, (_, at) =>
    texts.slice(at * embedder.maxBatch, (at + 1) * embedder.maxBatch),
  );
  await Promise.all(batches.map((batch) => embedder.embed(batch, 'passage')));
  return (performance.now() - began) / 1_000;
}

function watchMemory() {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return { above: most - before };
    },
  };
}

function tell({ report, prepared, seconds }: { report: IngestReport; prepared: number; seconds: number }): string {
  const visible = seconds - (report.timings['sweep'] ?? 0) / 1_000;
  const counts = `${report.chunks} chunks, ${report.embedded} embedded, ${prepared} files prepared`;
  return `${seconds.toFixed(2)} s (visible after ${visible.toFixed(2)} s), ${counts}\n  stages in ms, side by side: ${JSON.stringify(report.timings)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
