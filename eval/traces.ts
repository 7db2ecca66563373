import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { digestTraces } from '../src/diagnose/digest/digest.ts';
import { measureOwnTimes } from '../src/diagnose/digest/own-time.ts';
import { quantile } from '../src/diagnose/digest/robust.ts';
import type { ParsedTraces } from '../src/domain/trace.ts';
import { buildFaultCase, FAULT_TYPES } from '../src/testing/trace-faults.ts';
import { parseTraces } from '../src/traces/parse.ts';
import { buildForest } from '../src/traces/span-forest.ts';

/** One line of `cases.jsonl`. */
const TraceFaultCase = z.object({
  id: z.string(),
  system: z.string(),
  root_cause_service: z.string(),
  fault_type: z.string(),
  candidate_services: z.array(z.string()),
  files: z.object({ normal: z.string(), abnormal: z.string() }),
});
type TraceFaultCase = z.infer<typeof TraceFaultCase>;

export type TraceMethod = 'digest' | 'own-time' | 'total-duration';

export interface TopRates {
  readonly top1: number;
  readonly top3: number;
  readonly n: number;
}

export interface TraceSlice extends TopRates {
  readonly method: TraceMethod;
  /** A system's name, or `all`. */
  readonly system: string;
  /** A fault type, or `all`. */
  readonly faultType: string;
}

export interface TraceReport {
  readonly slices: readonly TraceSlice[];
  /** Faults that the digest took for a healthy window. */
  readonly takenForHealthy: readonly string[];
  readonly misses: readonly { readonly id: string; readonly culprit: string; readonly suspects: readonly string[] }[];
}

interface Scored {
  readonly system: string;
  readonly faultType: string;
  readonly id: string;
  readonly culprit: string;
  readonly ranked: Readonly<Record<TraceMethod, readonly string[]>>;
}

/** How often the culprit is first, or among the first three: the digest beside the two simplest rankings, in one run. */
export async function measureTraceFaults(dir: string): Promise<TraceReport> {
  const lines = (await readFile(join(dir, 'cases.jsonl'), 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const scored: Scored[] = [];
  // One after the other: a case's windows are large, and the time is spent parsing, not waiting.
  for (const line of lines) scored.push(await scoreCase(dir, TraceFaultCase.parse(JSON.parse(line))));
  return toReport(scored);
}

/** The same on made-up systems, where constants are chosen; `healthy` counts windows that got a suspect they should not. */
export function measureGeneratedFaults(
  casesPerType: number,
  firstSeed = 1,
): TraceReport & { readonly healthy: FalseAlarms } {
  const scored: Scored[] = [];
  const healthy = { falseAlarms: 0, n: 0 };
  for (const faultType of FAULT_TYPES) {
    for (let seed = firstSeed; seed < firstSeed + casesPerType; seed++) {
      const one = buildFaultCase(faultType, seed);
      const ranked = rankAll(parseTraces(one.normal), parseTraces(one.abnormal), () => true);
      if (one.culprit !== undefined)
        scored.push({ id: one.id, system: 'generated', faultType, culprit: one.culprit, ranked });
      else {
        healthy.n++;
        if (ranked.digest.length > 0) healthy.falseAlarms++;
      }
    }
  }
  return { ...toReport(scored), healthy };
}

export interface FalseAlarms {
  readonly falseAlarms: number;
  readonly n: number;
}

function toReport(scored: readonly Scored[]): TraceReport {
  return {
    slices: listSlices(scored),
    takenForHealthy: scored.filter((one) => one.ranked.digest.length === 0).map((one) => one.id),
    misses: scored
      .filter((one) => one.ranked.digest[0] !== one.culprit)
      .map(({ id, culprit, ranked }) => ({ id, culprit, suspects: ranked.digest.slice(0, 3) })),
  };
}

async function scoreCase(dir: string, one: TraceFaultCase): Promise<Scored> {
  const normal = await readWindow(join(dir, one.files.normal));
  const abnormal = await readWindow(join(dir, one.files.abnormal));
  const candidates = new Set(one.candidate_services);
  return {
    id: one.id,
    system: one.system,
    faultType: one.fault_type,
    culprit: one.root_cause_service,
    ranked: rankAll(normal, abnormal, (service) => candidates.has(service)),
  };
}

function rankAll(
  normal: ParsedTraces,
  abnormal: ParsedTraces,
  isCandidate: (service: string) => boolean,
): Scored['ranked'] {
  const suspects = digestTraces(normal, abnormal).suspects.map((suspect) => suspect.service);
  return {
    digest: suspects.filter(isCandidate),
    'own-time': rankByGrowth(normal, abnormal, 'own').filter(isCandidate),
    'total-duration': rankByGrowth(normal, abnormal, 'total').filter(isCandidate),
  };
}

async function readWindow(path: string): Promise<ParsedTraces> {
  const bytes = await readFile(path);
  const text = path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes;
  return parseTraces(JSON.parse(text.toString('utf8')));
}

function listSlices(scored: readonly Scored[]): TraceSlice[] {
  const methods: readonly TraceMethod[] = ['digest', 'own-time', 'total-duration'];
  const groups = new Map<string, { system: string; faultType: string; members: Scored[] }>();
  for (const one of scored) {
    for (const system of ['all', one.system]) {
      for (const faultType of ['all', one.faultType]) {
        const key = `${system} ${faultType}`;
        const group = groups.get(key) ?? { system, faultType, members: [] };
        groups.set(key, group);
        group.members.push(one);
      }
    }
  }
  return [...groups.values()].flatMap(({ system, faultType, members }) =>
    methods.map((method) => ({ method, system, faultType, ...measureTop(members, method) })),
  );
}

function measureTop(members: readonly Scored[], method: TraceMethod): TopRates {
  const share = (k: number) =>
    members.filter(({ ranked, culprit }) => ranked[method].slice(0, k).includes(culprit)).length / members.length;
  return { top1: share(1), top3: share(3), n: members.length };
}

/** What one would try first: services by the growth of the median of their slowest-grown operation. */
function rankByGrowth(normal: ParsedTraces, abnormal: ParsedTraces, time: 'own' | 'total'): string[] {
  const before = mediansOf(normal, time);
  const growth = new Map<string, number>();
  for (const [key, median] of mediansOf(abnormal, time)) {
    const [service = ''] = key.split('\u0000');
    const grown = median - (before.get(key) ?? median);
    growth.set(service, Math.max(grown, growth.get(service) ?? Number.NEGATIVE_INFINITY));
  }
  return [...growth].sort((a, b) => b[1] - a[1]).map(([service]) => service);
}

function mediansOf(window: ParsedTraces, time: 'own' | 'total'): Map<string, number> {
  const own = measureOwnTimes(buildForest(window.spans));
  const samples = new Map<string, number[]>();
  for (const [index, span] of window.spans.entries()) {
    const us = time === 'own' ? (own[index] ?? 0) : span.durationUs;
    const sample = samples.get(`${span.service}\u0000${span.operation}`);
    if (sample) sample.push(us);
    else samples.set(`${span.service}\u0000${span.operation}`, [us]);
  }
  return new Map([...samples].map(([key, sample]) => [key, quantile(Float64Array.from(sample).sort(), 0.5)]));
}
