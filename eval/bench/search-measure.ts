/** A process of its own for each size: it starts as a server starts, on an index that is there. */
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createChromaIndex } from '../../src/adapters/chroma-index.ts';
import { loadKnowledge } from '../../src/diagnose/retrieve/reader.ts';
import type { KnowledgeIndex } from '../../src/ports.ts';
import { type Asked, listenToEmbedder, listenToIndex, listWorkloads } from './search-asked.ts';
import { folderBytes, openRawChroma, residentBytes } from './search-chroma.ts';
import type { LatencyRow } from './search-figures.ts';
import { writeAlert } from './search-knowledge.ts';
import { measureRecall, type Recall } from './search-recall.ts';
import { type LoopRow, measureLatency, measureLoop, measureThroughput, type ThroughputRow } from './search-rounds.ts';
import { dataDirOf, openApp, openModel, type SearchSetting, takeChromaAlong } from './search-setting.ts';

export interface MeasureTask {
  readonly setting: SearchSetting;
  readonly samples: number;
  readonly clients: number;
  /** For each throughput. */
  readonly seconds: number;
}

/** Bytes where nothing else is said. */
export interface SearchFigures {
  readonly readySeconds: number;
  readonly resident: number;
  readonly heap: number;
  readonly lexical: number;
  readonly chromaResident: number | undefined;
  readonly chromaFolder: number;
  readonly latencies: readonly LatencyRow[];
  readonly loops: readonly LoopRow[];
  readonly throughputs: readonly ThroughputRow[];
  readonly recall: Recall;
}

/** Questions whose nearest chunks are looked up by brute force. */
const RECALL_QUESTIONS = 200;
const LOOP_SAMPLES = 50;
/** Different questions that many clients take in turn. */
const CLIENT_QUESTIONS = 100;

takeChromaAlong();
// Written by search.ts.
process.send?.(await measure(JSON.parse(process.argv[2] ?? '') as MeasureTask));

async function measure(task: MeasureTask): Promise<SearchFigures> {
  const { setting, samples, clients, seconds } = task;
  const asked: Asked = { text: '', limit: 0 };
  const model = openModel(setting.folder);
  const index = createChromaIndex({ dataDir: dataDirOf(setting.folder) });
  const workloads = listWorkloads(setting.documents);
  const began = performance.now();
  await using app = openApp(setting, { embedder: listenToEmbedder(model, asked), index: listenToIndex(index, asked) });
  for (const { ask } of workloads) await app.search(ask(0));
  const readySeconds = (performance.now() - began) / 1_000;
  collectGarbage();
  const { rss: resident, heapUsed, arrayBuffers } = process.memoryUsage();
  const chroma = await openRawChroma(setting.folder);
  const bench = { app, model, chroma, asked };

  const latencies: LatencyRow[] = [];
  for (const workload of workloads) latencies.push(await measureLatency(bench, workload, samples));
  const loops: LoopRow[] = [];
  for (const workload of workloads) loops.push(await measureLoop(bench, workload, Math.min(samples, LOOP_SAMPLES)));
  const throughputs: ThroughputRow[] = [];
  for (const workload of workloads)
    throughputs.push(
      await measureThroughput(bench, workload, { clients, seconds, questions: Math.min(samples, CLIENT_QUESTIONS) }),
    );
  const figures = {
    ...{ readySeconds, resident, heap: heapUsed + arrayBuffers, latencies, loops, throughputs },
    lexical: await lexicalBytes(index),
    chromaResident: await residentBytes(chroma.pid),
    chromaFolder: await folderBytes(join(dataDirOf(setting.folder), 'chroma')),
    recall: await measureRecall({ index, model, chroma }, 'incident', listTexts(task), asked.limit),
  };
  chroma.close();
  return figures;
}

/** Read from a second copy of what the service holds, which it shows nobody. */
async function lexicalBytes(index: KnowledgeIndex): Promise<number> {
  const generation = await index.findGeneration();
  if (!generation) throw new Error('nothing is published');
  const { lexical } = await loadKnowledge(index, generation);
  return Object.values(lexical).reduce((sum, { bytes }) => sum + bytes, 0);
}

function listTexts({ setting, samples }: MeasureTask): string[] {
  return Array.from({ length: Math.min(samples, RECALL_QUESTIONS) }, (_, at) => {
    const { summary, description } = writeAlert(at, setting.documents).annotations;
    return `${summary}\n${description}`;
  });
}

/** Without it, memory is whatever was not yet tidied up. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
}
