/** A process of its own, so that the memory an ingest needs is not counted as the memory a search needs. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { writeSearchKnowledge } from './search-knowledge.ts';
import { createCheapPassages } from './search-passages.ts';
import { openApp, openModel, type SearchSetting, takeChromaAlong } from './search-setting.ts';

export interface Filled {
  readonly documents: number;
  readonly chunks: number;
  readonly seconds: number;
}

takeChromaAlong();
// Written by search.ts.
const setting = JSON.parse(process.argv[2] ?? '') as SearchSetting;
process.send?.(await fill(setting));

async function fill({ folder, documents, embedder: kind }: SearchSetting): Promise<Filled> {
  await writeSearchKnowledge(join(folder, 'knowledge'), documents);
  const model = openModel(folder);
  const embedder = kind === 'model' ? model : createCheapPassages(model);
  await using app = openApp(setting, { embedder });
  // Loading the model is no part of an ingest's speed.
  await embedder.describe();
  const began = performance.now();
  const report = await app.ingest();
  return { documents: report.documents, chunks: report.chunks, seconds: (performance.now() - began) / 1_000 };
}
