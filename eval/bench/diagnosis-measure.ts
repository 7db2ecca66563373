/** A process of its own, as a server is one: the same alerts asked as a search and as a diagnosis, in turn. */
import { performance } from 'node:perf_hooks';
import { createChromaIndex } from '../../src/adapters/chroma-index.ts';
import type { App } from '../../src/app.ts';
import { DiagnosisRequest, SearchRequest } from '../../src/domain/request.ts';
import { writeLesson } from './diagnosis-lessons.ts';
import { type Percentiles, percentilesOf } from './search-figures.ts';
import { writeAlert } from './search-knowledge.ts';
import { dataDirOf, openApp, openModel, type SearchSetting, takeChromaAlong } from './search-setting.ts';

export interface DiagnosisTask {
  readonly setting: SearchSetting;
  readonly samples: number;
  readonly lessons: number;
}

export interface DiagnosisRow {
  readonly name: string;
  readonly search: Percentiles;
  readonly diagnosis: Percentiles;
}

takeChromaAlong();
// Written by diagnosis.ts.
process.send?.(await measure(JSON.parse(process.argv[2] ?? '') as DiagnosisTask));

async function measure({ setting, samples, lessons }: DiagnosisTask): Promise<DiagnosisRow[]> {
  const index = createChromaIndex({ dataDir: dataDirOf(setting.folder) });
  await using app = openApp(setting, { embedder: openModel(setting.folder), index });
  const alertOf = (at: number) => {
    const { labels, annotations, generatorURL } = writeAlert(at, setting.documents);
    return { labels: { ...labels }, annotations: { ...annotations }, generatorURL };
  };
  // New ones: those that were learnt from are known too well.
  const signalsOf = (at: number) => [...writeLesson(lessons + at).signals];
  return [
    await compare('alert of 60 words', app, samples, (at) => ({ alert: alertOf(at) })),
    await compare('the same with anomalies', app, samples, (at) => ({ alert: alertOf(at), signals: signalsOf(at) })),
  ];
}

interface Words {
  readonly alert: { readonly labels: Record<string, string>; readonly annotations: Record<string, string> };
  readonly signals?: string[];
}

async function compare(name: string, app: App, samples: number, ask: (at: number) => Words): Promise<DiagnosisRow> {
  const search = (at: number) => app.search(SearchRequest.parse(ask(at)));
  const diagnose = (at: number) => {
    const { alert, signals } = ask(at);
    const options = { engine: 'precedent', traces: 'none' };
    return app.desk.complete(
      DiagnosisRequest.parse({ alert, options, ...(signals ? { traceDigest: { signals } } : {}) }),
    );
  };
  // The first of each loads, learns and warms up.
  for (let at = 0; at < Math.min(samples, 10); at++) {
    await search(at);
    await diagnose(at);
  }
  const spent = { search: [] as number[], diagnosis: [] as number[] };
  for (let at = 0; at < samples; at++) {
    const searched = async () => spent.search.push(await time(() => search(at)));
    const diagnosed = async () => spent.diagnosis.push(await time(() => diagnose(at)));
    // Who comes second finds warm caches, so they take turns.
    for (const once of at % 2 === 0 ? [searched, diagnosed] : [diagnosed, searched]) await once();
  }
  return { name, search: percentilesOf(spent.search), diagnosis: percentilesOf(spent.diagnosis) };
}

async function time(once: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await once();
  return performance.now() - began;
}
