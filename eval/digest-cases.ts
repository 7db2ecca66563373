import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { buildSignal, type Signal } from '../src/domain/signal.ts';
import type { KnowledgeFile } from './datasets.ts';

export const DigestCase = z.object({
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
export type DigestCase = Readonly<z.infer<typeof DigestCase>>;

/** What is known when some cases are asked: the one without the other. */
export interface Round {
  readonly past: readonly DigestCase[];
  readonly asked: readonly DigestCase[];
}

export interface Protocol {
  readonly system: string;
  readonly name: string;
  readonly rounds: readonly Round[];
}

const FOLDS = 10;

export function digestFile(data: string): string {
  return join(data, 'incident-digests', 'cases.jsonl.gz');
}

export function readDigestCases(file: string): DigestCase[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => DigestCase.parse(JSON.parse(line)));
}

/**
 * Where a system has a test part, it is asked and the train part is the past. Where it has none, its cases are asked in
 * tenths, each with the other nine as the past: every round is a knowledge base of its own, read and learnt from anew.
 */
export function listProtocols(cases: readonly DigestCase[]): Protocol[] {
  return [...new Set(cases.map(({ system }) => system))].map((system) => {
    const ofSystem = cases.filter((row) => row.system === system);
    const train = ofSystem.filter(({ split }) => split === 'train');
    const test = ofSystem.filter(({ split }) => split === 'test');
    if (test.length > 0) return { system, name: 'train → test', rounds: [{ past: train, asked: test }] };
    const rounds = Array.from({ length: FOLDS }, (_, fold): Round => {
      const isAsked = (_row: DigestCase, index: number) => index % FOLDS === fold;
      return { asked: train.filter(isAsked), past: train.filter((row, index) => !isAsked(row, index)) };
    });
    return { system, name: 'train, left out in tenths', rounds };
  });
}

/** The past incident as a postmortem that names its cause and its signals, and says nothing else. */
export function toPostmortem(row: DigestCase): KnowledgeFile {
  const service = row.root_cause_service;
  const frontMatter = {
    services: [service],
    category: row.fault_type,
    rootCause: { service, summary: `${row.fault_type} at ${service}` },
    signals: listSignals(row),
  };
  return { path: `incidents/${row.id}.md`, text: `---\n${JSON.stringify(frontMatter)}\n---\n# ${row.id}\n` };
}

export function listSignals(row: DigestCase): Signal[] {
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
