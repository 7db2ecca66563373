/**
 * What does a diagnosis without an LLM take, beside a search of the same alert? On one embedded Chroma, in one run:
 *
 *     npm run bench -- diagnosis                           2,000 chunks, and 300 incidents to learn causes from
 *     npm run bench -- diagnosis --folder /tmp/kept        keeps the index, and finds it again
 */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLessons } from './diagnosis-lessons.ts';
import type { DiagnosisRow, DiagnosisTask } from './diagnosis-measure.ts';
import { buildDiagnosisTable } from './diagnosis-report.ts';
import { inProcess } from './in-process.ts';
import type { SearchSetting } from './search-setting.ts';

const { values: options } = parseArgs({
  options: {
    documents: { type: 'string', default: '150' },
    lessons: { type: 'string', default: '300' },
    samples: { type: 'string', default: '200' },
    folder: { type: 'string' },
  },
});

const [documents = 0, lessons = 0, samples = 0] = [options.documents, options.lessons, options.samples].map(Number);
const root = options.folder ?? (await mkdtemp(join(tmpdir(), 'precedent-diagnosis-')));
try {
  const setting: SearchSetting = { folder: root, documents, embedder: 'model' };
  await fillOnce(setting);
  const load = loadavg()[0] ?? 0;
  const task: DiagnosisTask = { setting, samples, lessons };
  const rows = await inProcess<DiagnosisRow[]>('./diagnosis-measure.ts', task);
  const machine = `${availableParallelism()} cores, load ${load.toFixed(1)} as the measuring began`;
  process.stdout.write(
    `\n${samples} alerts each; ${documents} documents and ${lessons} lessons; ${machine}; ✗ misses its bar.\n\n${buildDiagnosisTable(rows)}\n`,
  );
} finally {
  if (options.folder === undefined) await rm(root, { recursive: true, force: true });
}

/** An index that an earlier run left in the folder is taken as it is. */
async function fillOnce(setting: SearchSetting): Promise<void> {
  const note = join(setting.folder, 'filled.json');
  if (existsSync(note)) return;
  await mkdir(setting.folder, { recursive: true });
  await writeLessons(join(setting.folder, 'knowledge'), lessons);
  await writeFile(note, JSON.stringify(await inProcess('./search-fill.ts', setting)));
}
