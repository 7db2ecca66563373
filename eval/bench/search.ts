/**
 * What does a search cost beyond what it cannot do without: one query embedding and one Chroma query per kind? Makes
 * knowledge of its own, ingests it into a real embedded Chroma, and measures the service on it, all in one run:
 *
 *     npm run bench -- search                                        1,000 and 10,000 chunks: a quarter of an hour
 *     npm run bench -- search --chunks 1000,10000,100000 --embedder none
 *     npm run bench -- search --chunks 1000 --folder /tmp/kept       keeps the index, and finds it again
 *
 * With `--embedder none` only the first 2,000 passages are embedded; the vectors of the others are made from theirs, so
 * that a large index is filled in minutes. Questions always go to the real model.
 */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inProcess } from './in-process.ts';
import type { Filled } from './search-fill.ts';
import type { MeasureTask, SearchFigures } from './search-measure.ts';
import { buildCostReport, buildSizeReport, type SizeResult } from './search-report.ts';
import type { SearchSetting } from './search-setting.ts';

const { values: options } = parseArgs({
  options: {
    chunks: { type: 'string', default: '1000,10000' },
    embedder: { type: 'string', default: 'model' },
    samples: { type: 'string', default: '300' },
    clients: { type: 'string', default: '32' },
    seconds: { type: 'string', default: '20' },
    folder: { type: 'string' },
  },
});

/** A document of `search-knowledge.ts` is about this many chunks; beside them stand a hundred services of one each. */
const CHUNKS_PER_DOCUMENT = 12.8;
const SERVICES = 100;
const embedder: SearchSetting['embedder'] = options.embedder === 'none' ? 'none' : 'model';
const root = options.folder ?? (await mkdtemp(join(tmpdir(), 'precedent-search-')));

try {
  const results: SizeResult[] = [];
  for (const chunks of options.chunks.split(',').map(Number)) results.push(await measureSize(chunks));
  print(buildCostReport(results));
} finally {
  if (options.folder === undefined) await rm(root, { recursive: true, force: true });
}

async function measureSize(chunks: number): Promise<SizeResult> {
  const folder = join(root, `${chunks}-${embedder}`);
  const documents = Math.max(4, Math.round((chunks - SERVICES) / CHUNKS_PER_DOCUMENT));
  const setting: SearchSetting = { folder, documents, embedder };
  await mkdir(folder, { recursive: true });
  const filled = await fillOnce(setting);
  const [samples, clients, seconds] = [options.samples, options.clients, options.seconds].map(Number);
  const task = { setting, samples, clients, seconds } as MeasureTask;
  const load = loadavg()[0] ?? 0;
  const figures = await inProcess<SearchFigures>('./search-measure.ts', task);
  const result = { filled, figures, embedder, cores: availableParallelism(), load, clients: task.clients };
  print(buildSizeReport(result));
  return result;
}

/** An index that an earlier run left in the folder is taken as it is. */
async function fillOnce(setting: SearchSetting): Promise<Filled> {
  const note = join(setting.folder, 'filled.json');
  // Written below.
  if (existsSync(note)) return JSON.parse(await readFile(note, 'utf8')) as Filled;
  const filled = await inProcess<Filled>('./search-fill.ts', setting);
  await writeFile(note, JSON.stringify(filled));
  return filled;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
