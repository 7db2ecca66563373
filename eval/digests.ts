import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { DiagnosisRequest } from '../src/domain/request.ts';
import { buildSignal, type Signal } from '../src/domain/signal.ts';
import type { KnowledgeFile } from './datasets.ts';
import { type Measured, measureMean } from './metrics.ts';
import { openWorkbench } from './workbench.ts';

const DigestCase = z.object({
  id: z.string(),
  system: z.string(),
  split: z.enum(['train', 'test']),
  root_cause_service: z.string(),
  fault_type: z.string(),
  trace_anomalies: z.array(
    z.object({ caller: z.string(), callee: z.string(), operation: z.string(), kind: z.string() }),
  ),
  metric_anomalies: z.array(z.object({ instance: z.string(), metric: z.string(), direction: z.string() })),
  log_templates: z.array(z.object({ instance: z.string(), template: z.string() })),
});
type DigestCase = Readonly<z.infer<typeof DigestCase>>;

export interface DigestReport {
  readonly system: string;
  readonly pastIncidents: number;
  /** Share of cases whose best hypothesis names the right service, category, and both. */
  readonly service: Measured;
  readonly category: Measured;
  readonly both: Measured;
  readonly abstained: Measured;
}

/** Anomaly digests as alerts without words: does the whole pipeline name the culprit by precedent? */
export async function measureDigests(file: string): Promise<DigestReport[]> {
  const cases = gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => DigestCase.parse(JSON.parse(line)));
  const reports: DigestReport[] = [];
  for (const system of new Set(cases.map((row) => row.system))) {
    const { past, asked } = splitCases(cases.filter((row) => row.system === system));
    reports.push(await measureSystem(system, past, asked));
  }
  return reports;
}

/** Where a system has no test part, every third case is asked and the others are the past. */
function splitCases(cases: readonly DigestCase[]): { past: DigestCase[]; asked: DigestCase[] } {
  const hasTest = cases.some(({ split }) => split === 'test');
  const isAsked = (row: DigestCase, index: number) => (hasTest ? row.split === 'test' : index % 3 === 0);
  return { past: cases.filter((row, index) => !isAsked(row, index)), asked: cases.filter(isAsked) };
}

async function measureSystem(
  system: string,
  past: readonly DigestCase[],
  asked: readonly DigestCase[],
): Promise<DigestReport> {
  await using workbench = await openWorkbench(past.map(toPostmortem));
  const outcomes: { isService: boolean; isCategory: boolean; isAbstained: boolean }[] = [];
  for (const row of asked) {
    const request = DiagnosisRequest.parse({
      alert: { labels: { alertname: 'Anomaly' } },
      traceDigest: { signals: listSignals(row) },
    });
    const { kind, hypotheses } = await workbench.app.desk.complete(request);
    const isService = hypotheses[0]?.service === row.root_cause_service;
    const isCategory = hypotheses[0]?.category === row.fault_type;
    outcomes.push({ isService, isCategory, isAbstained: kind === 'abstained' });
  }
  const share = (is: (outcome: (typeof outcomes)[number]) => boolean) =>
    measureMean(outcomes.map((outcome) => Number(is(outcome))));
  return {
    system,
    pastIncidents: past.length,
    service: share(({ isService }) => isService),
    category: share(({ isCategory }) => isCategory),
    both: share(({ isService, isCategory }) => isService && isCategory),
    abstained: share(({ isAbstained }) => isAbstained),
  };
}

/** The past incident as a postmortem that names its cause and its signals, and says nothing else. */
function toPostmortem(row: DigestCase): KnowledgeFile {
  const service = row.root_cause_service;
  const frontMatter = {
    services: [service],
    category: row.fault_type,
    rootCause: { service, summary: `${row.fault_type} at ${service}` },
    signals: listSignals(row),
  };
  return { path: `incidents/${row.id}.md`, text: `---\n${JSON.stringify(frontMatter)}\n---\n# ${row.id}\n` };
}

function listSignals(row: DigestCase): Signal[] {
  const traces = row.trace_anomalies.map(({ caller, callee, operation, kind }) =>
    buildSignal({ source: 'trace', service: callee, name: `${caller}>${operation}`, kind }),
  );
  const metrics = row.metric_anomalies.map(({ instance, metric, direction }) =>
    buildSignal({ source: 'metric', service: instance, name: metric, kind: direction }),
  );
  const logs = row.log_templates.map(({ instance, template }) =>
    buildSignal({ source: 'log', service: instance, name: template, kind: 'new' }),
  );
  return [...new Set([...traces, ...metrics, ...logs])];
}

export function digestFile(data: string): string {
  return join(data, 'incident-digests', 'cases.jsonl.gz');
}
