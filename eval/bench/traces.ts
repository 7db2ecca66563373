/**
 * What does it take to read traces, beyond parsing their JSON? Makes windows of its own and measures in one run, each
 * part in a process of its own:
 *
 *     npm run bench -- traces                                      a few minutes
 *     npm run bench -- traces --spans 10000,100000 --megabytes 50  less than one
 *     npm run bench -- traces --json figures.json
 */

import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs, promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { inProcess } from './in-process.ts';
import { writeTraceBody } from './traces-body.ts';
import type { ReaderTask, Reading } from './traces-reader.ts';
import { type BodyFigures, renderTraceFigures, type SizeFigures, type TraceFigures } from './traces-report.ts';
import type { Stages } from './traces-stages.ts';

const { values: options } = parseArgs({
  options: {
    spans: { type: 'string', default: '10000,100000,1000000' },
    /** Of the large body; with 0 none is read. */
    megabytes: { type: 'string', default: '200' },
    json: { type: 'string' },
  },
});

const MB = 1_000_000;
/** Of one span in these bodies. */
const BYTES_A_SPAN = 345;
/** Small windows are measured more often: a few milliseconds are soon wrong. */
const MEASURED_SPANS = 600_000;
const MOST_ROUNDS = 9;

const load = loadavg()[0] ?? 0;
const folder = await mkdtemp(join(tmpdir(), 'precedent-traces-'));
try {
  const sizes: SizeFigures[] = [];
  for (const spans of options.spans.split(',').map(Number)) sizes.push(await measureSize(spans));
  const megabytes = Number(options.megabytes);
  const { bodies, skipped } = megabytes > 0 ? await measureBodies(megabytes) : { bodies: [], skipped: [] };
  const figures: TraceFigures = { sizes, bodies, skipped, cores: availableParallelism(), load };
  process.stdout.write(`${renderTraceFigures(figures)}\n`);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureSize(spans: number): Promise<SizeFigures> {
  note(`${spans} spans`);
  const rounds = Math.max(1, Math.min(MOST_ROUNDS, Math.floor(MEASURED_SPANS / spans)));
  const stages = await inProcess<Stages>('./traces-stages.ts', { spans, rounds });
  const path = join(folder, `${spans}.json`);
  await pipeline(Readable.from(writeTraceBody(spans)), createWriteStream(path));
  return { stages, reading: await read({ path, by: 'reader', encoding: 'identity', keepsPages: false }) };
}

async function measureBodies(megabytes: number): Promise<Pick<TraceFigures, 'bodies' | 'skipped'>> {
  note(`a body of ${megabytes} MB`);
  const path = join(folder, 'large.json');
  await pipeline(Readable.from(writeTraceBody((megabytes * MB) / BYTES_A_SPAN)), createWriteStream(path));
  await pipeline(createReadStream(path), createGzip({ level: 6 }), createWriteStream(`${path}.gz`));
  const hasZstd = await promisify(execFile)('zstd', ['-q', '-3', path, '-o', `${path}.zst`]).then(
    () => true,
    () => false,
  );
  const plain = { path, by: 'reader', encoding: 'identity', keepsPages: false } as const;
  const tasks: readonly (readonly [name: string, task: ReaderTask])[] = [
    ['as a whole, JSON.parse', { ...plain, by: 'JSON.parse' }],
    ['plain', plain],
    ['plain, kept as a snapshot', { ...plain, keepsPages: true }],
    ['gzip', { ...plain, path: `${path}.gz`, encoding: 'gzip' }],
    ['gzip, kept as a snapshot', { ...plain, path: `${path}.gz`, encoding: 'gzip', keepsPages: true }],
    ...(hasZstd ? [['zstd', { ...plain, path: `${path}.zst`, encoding: 'zstd' }] as const] : []),
  ];
  const bodies: BodyFigures[] = [];
  for (const [name, task] of tasks) {
    note(name);
    bodies.push({ name, bytes: (await stat(task.path)).size, reading: await read(task) });
  }
  const skipped = hasZstd ? [] : ['zstd was not measured: there is no `zstd` command here to make such a body with.'];
  return { bodies, skipped };
}

function read(task: ReaderTask): Promise<Reading> {
  return inProcess('./traces-reader.ts', task);
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
