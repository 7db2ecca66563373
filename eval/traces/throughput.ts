import { analyseTraces } from '../../src/diagnose/digest/analyse.ts';
import { digestAnalysis } from '../../src/diagnose/digest/digest.ts';
import type { ParsedTraces } from '../../src/domain/trace.ts';
import { mendSpans } from '../../src/traces/mend/mend.ts';
import { readBody } from '../../src/traces/read-body.ts';

/** Milliseconds that each step from bytes to a digest takes, and what no reader of JSON can do without. */
export interface StageTimes {
  readonly spans: number;
  readonly floor: number;
  /** Bytes to spans, mending included. */
  readonly read: number;
  /** Mending once more what was read: what it costs when there is nothing to mend. */
  readonly mend: number;
  readonly analyse: number;
  readonly digest: number;
}

const CHUNK_BYTES = 65_536;
const PLACES = { baseline: ['baseline'], incident: ['incident'] };
const LIMITS = { maxBytes: Number.POSITIVE_INFINITY, maxSpans: 2_000_000 };

/** One body of `{baseline, incident}`, as it would arrive in pieces. */
export async function timeStages(body: Uint8Array, now: () => number): Promise<StageTimes> {
  const floor = timed(now, () => JSON.parse(new TextDecoder().decode(body)));
  const began = now();
  const { windows } = await readBody(inChunks(body), { encoding: 'identity', windows: PLACES, ...LIMITS });
  const read = now() - began;
  const { baseline, incident } = windows;
  if (!baseline || !incident) throw new Error('the body holds no two windows');
  const mend = timed(now, () => [baseline, incident].map(({ spans, format }) => mendSpans(spans, format)));
  const analyse = timed(now, () => analyseTraces(baseline, incident));
  const digest = timed(now, () => digestAnalysis(analyse.result));
  const spans = countSpans(baseline) + countSpans(incident);
  return { spans, floor: floor.ms, read, mend: mend.ms, analyse: analyse.ms, digest: digest.ms };
}

async function* inChunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES);
}

function timed<Result>(now: () => number, work: () => Result): { readonly ms: number; readonly result: Result } {
  const began = now();
  const result = work();
  return { ms: now() - began, result };
}

function countSpans({ spans }: ParsedTraces): number {
  return spans.length;
}
