/**
 * Which HNSW settings find the true nearest chunks? Fills a fresh Chroma collection per setting and compares its ten
 * nearest with brute force. The figures of docs/adr/0004-index-layout.md come from here:
 *
 *     npx tsx eval/bench/hnsw-recall.ts --vectors random --count 20000
 *     npx tsx eval/bench/hnsw-recall.ts --vectors clustered --count 20000
 *     npx tsx eval/bench/hnsw-recall.ts --vectors vectors.f32      (raw little-endian floats, 256 per vector)
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createRandom, gaussian } from './random.ts';

const DIMENSION = 256;
const NEAREST = 10;
const QUERIES = 200;
const BATCH = 1_000;
const SETTINGS = [
  { ef_construction: 100, max_neighbors: 16, ef_search: 100 },
  { ef_construction: 100, max_neighbors: 32, ef_search: 800 },
  { ef_construction: 200, max_neighbors: 32, ef_search: 400 },
  { ef_construction: 200, max_neighbors: 32, ef_search: 800 },
  { ef_construction: 400, max_neighbors: 48, ef_search: 400 },
  { ef_construction: 400, max_neighbors: 48, ef_search: 800 },
] as const;

type Setting = (typeof SETTINGS)[number];

const { values: options } = parseArgs({
  options: {
    vectors: { type: 'string', default: 'random' },
    count: { type: 'string', default: '20000' },
    port: { type: 'string', default: '18765' },
  },
});

const random = createRandom(20_250_101);
const all = await readVectors(options.vectors, Number(options.count) + QUERIES);
const queries = all.slice(0, QUERIES);
const stored = all.slice(QUERIES);
const truth = queries.map((query) => new Set(findNearest(query, stored)));
process.stdout.write(`${stored.length} ${options.vectors} vectors of ${DIMENSION} dimensions, ${QUERIES} queries\n`);
process.stdout.write(
  '| ef_construction | max_neighbors | ef_search | recall@10 | worst query | build s | query ms p50 |\n',
);
process.stdout.write('|---|---|---|---|---|---|---|\n');
await withServer(async (database) => {
  for (const setting of SETTINGS) process.stdout.write(`${await measure(database, setting)}\n`);
});

async function measure(database: string, setting: Setting): Promise<string> {
  const hnsw = { space: 'cosine', ...setting };
  const name = `bench-${Object.values(setting).join('-')}`;
  const { id } = await post<{ id: string }>(`${database}/collections`, { name, configuration: { hnsw } });
  const collection = `${database}/collections/${id}`;
  const built = performance.now();
  for (let start = 0; start < stored.length; start += BATCH) {
    const part = stored.slice(start, start + BATCH);
    const ids = part.map((_, position) => String(start + position));
    await post(`${collection}/add`, { ids, embeddings: part.map((vector) => [...vector]) });
  }
  const buildSeconds = (performance.now() - built) / 1_000;
  const recalls: number[] = [];
  const times: number[] = [];
  for (const [position, query] of queries.entries()) {
    const asked = performance.now();
    const found = await post<{ ids: string[][] }>(`${collection}/query`, {
      query_embeddings: [[...query]],
      n_results: NEAREST,
      include: ['distances'],
    });
    times.push(performance.now() - asked);
    const hits = (found.ids[0] ?? []).filter((hit) => truth[position]?.has(hit));
    recalls.push(hits.length / NEAREST);
  }
  await fetch(`${database}/collections/${name}`, { method: 'DELETE' });
  const recall = recalls.reduce((sum, value) => sum + value, 0) / recalls.length;
  const p50 = times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  const cells = [recall.toFixed(3), Math.min(...recalls).toFixed(1), buildSeconds.toFixed(1), p50.toFixed(1)];
  return `| ${[...Object.values(setting), ...cells].join(' | ')} |`;
}

async function withServer(use: (database: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'precedent-hnsw-'));
  const cli = path.resolve('node_modules/chromadb/dist/cli.mjs');
  const address = ['--host', '127.0.0.1', '--port', options.port];
  const child = spawn(process.execPath, [cli, 'run', '--path', folder, ...address], { stdio: 'ignore' });
  const api = `http://127.0.0.1:${options.port}/api/v2`;
  try {
    for (let tries = 0; !(await fetch(`${api}/heartbeat`).catch(() => undefined))?.ok; tries++) {
      if (tries > 200) throw new Error('Chroma did not start');
      await sleep(50);
    }
    await use(`${api}/tenants/default_tenant/databases/default_database`);
  } finally {
    child.kill('SIGINT');
    await rm(folder, { recursive: true, force: true });
  }
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status} ${await response.text()}`);
  // The two answers that are read here are Chroma's own, of the version that is installed.
  return (await response.json()) as T;
}

async function readVectors(source: string, count: number): Promise<Float32Array[]> {
  if (source === 'random') return Array.from({ length: count }, () => normalise(anyDirection()));
  if (source === 'clustered') return buildClustered(count);
  const bytes = await readFile(source);
  const floats = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const vectors = Array.from({ length: floats.length / DIMENSION }, (_, row) =>
    normalise(floats.slice(row * DIMENSION, (row + 1) * DIMENSION)),
  );
  // Files tend to be in the order of their documents: the queries must come from all over.
  return vectors
    .map((vector) => ({ vector, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ vector }) => vector)
    .slice(0, count);
}

/** Chunks of a few hundred topics: neighbours of one topic have a cosine of about 0.6. */
function buildClustered(count: number): Float32Array[] {
  const topics = Array.from({ length: 400 }, () => normalise(anyDirection()));
  return Array.from({ length: count }, () => {
    const topic = topics[Math.floor(random() * topics.length)] ?? anyDirection();
    const noise = normalise(anyDirection());
    return normalise(topic.map((value, position) => value * 0.77 + (noise[position] ?? 0) * 0.64));
  });
}

function findNearest(query: Float32Array, vectors: readonly Float32Array[]): string[] {
  return vectors
    .map((vector, position) => ({ id: String(position), similarity: dot(query, vector) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, NEAREST)
    .map(({ id }) => id);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let position = 0; position < DIMENSION; position++) sum += (a[position] ?? 0) * (b[position] ?? 0);
  return sum;
}

function normalise(vector: Float32Array): Float32Array {
  const norm = Math.sqrt(dot(vector, vector));
  return vector.map((value) => value / norm);
}

function anyDirection(): Float32Array {
  return Float32Array.from({ length: DIMENSION }, () => gaussian(random));
}
