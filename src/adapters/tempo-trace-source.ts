import { z } from 'zod';
import type { TraceQuery } from '../domain/trace.ts';
import type { TraceSource } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import {
  type ByteBudget,
  createTraceApi,
  MAX_SERVICES,
  MAX_WINDOW_BYTES,
  type TraceApi,
  type TraceStoreOptions,
  whyAborted,
} from './trace-api.ts';

/** A trace is a call of its own: enough at once to be through in seconds, few enough for the store to serve others too. */
const MAX_AT_ONCE = 8;

/** After this share of its time a window is what has come until then: a sample of the traces is worth more than none. */
const ENOUGH = 0.7;

/** Of a trace in the window, spans of so long before and after it are wanted; without limits all blocks are looked through. */
const MARGIN_SECONDS = 3_600;

/** An answer that holds a span is longer; a shorter one may say that there is none. */
const MAX_EMPTY = 1_024;
const SOME_SPANS = /"(?:resourceSpans|batches)"\s*:\s*\[\s*\{/;

const NO_TRACES = new TextEncoder().encode('{"resourceSpans":[]}');

/** Tempo leaves the zeros in front away. */
const TraceId = z.string().regex(/^[\da-f]{1,32}$/i);
const Found = z.object({ traces: z.array(z.object({ traceID: TraceId })).nullish() });

/** The query API of Grafana Tempo: a search gives ids, and each trace is asked for by its id. */
export function createTempoTraceSource(options: TraceStoreOptions): TraceSource {
  const api = createTraceApi({ name: 'Tempo', tenantHeader: 'x-scope-orgid' }, options);
  const fetchTrace = createTraceGetter(api);
  return {
    name: 'tempo',
    async *fetchTraces(query, signal) {
      using deadline = startDeadline(options.timeoutMs, signal);
      const within = deadline.signal;
      const enough = AbortSignal.timeout(options.timeoutMs * ENOUGH);
      const budget = { left: options.maxBytes ?? MAX_WINDOW_BYTES };
      const ids = await listIds(api, query, budget, within, options);
      const traces = inAnyOrder(ids, (id) => fetchTrace(id, query, budget, within), enough);
      yield* orNone(traces);
      if (within.aborted) throw api.failure(whyAborted(within));
    },
    async ping(signal) {
      // The echo answers only where queries go; a gateway may not let it through.
      const { status } = await api.get('api/echo', {}, signal, [404]);
      if (status === 404) await api.get('ready', {}, signal);
    },
  };
}

/** Of each service in turn, so that those that are fetched first are of all of them. */
async function listIds(
  api: TraceApi,
  { services, from, to }: TraceQuery,
  budget: ByteBudget,
  signal: AbortSignal,
  { limit }: TraceStoreOptions,
): Promise<string[]> {
  const start = Math.floor(from.getTime() / 1000);
  const end = Math.floor(to.getTime() / 1000);
  const found = await Promise.all(
    services.slice(0, MAX_SERVICES).map(async (service) => {
      // One span of each trace is shown: only its id is wanted.
      const q = `{ resource.service.name = ${toTraceQl(service)} }`;
      const answer = await api.get('api/search', { q, start, end, limit, spss: 1 }, signal);
      return readIds(api, await api.readText(answer, budget, signal));
    }),
  );
  const longest = Math.max(0, ...found.map((ids) => ids.length));
  const turns = Array.from({ length: longest }, (_, turn) => found.flatMap((ids) => ids[turn] ?? []));
  return [...new Set(turns.flat())];
}

function readIds(api: TraceApi, text: string): string[] {
  try {
    const { traces } = Found.parse(JSON.parse(text));
    return (traces ?? []).map(({ traceID }) => traceID.toLowerCase().padStart(32, '0'));
  } catch {
    throw api.failure('its answer is not that of a Tempo search: look at TRACES_URL and TRACES_API');
  }
}

/** TraceQL reads strings as Go does; JSON's escapes are among Go's, but for half a surrogate pair. */
function toTraceQl(text: string): string {
  return JSON.stringify(text.replace(/\p{Cs}/gu, '\uFFFD'));
}

type GetTrace = (
  id: string,
  query: TraceQuery,
  budget: ByteBudget,
  signal: AbortSignal,
) => Promise<Uint8Array | undefined>;

/** A trace by its id; undefined when there is none, or nothing in it. Before 2.6 Tempo knows only the first API. */
function createTraceGetter(api: TraceApi): GetTrace {
  let isOld = false;
  return async (id, { from, to }, budget, signal) => {
    const start = Math.floor(from.getTime() / 1000) - MARGIN_SECONDS;
    const end = Math.floor(to.getTime() / 1000) + MARGIN_SECONDS;
    const ask = (path: string) => api.get(`${path}/${id}`, { start, end }, signal, [404]);
    const first = isOld ? undefined : await ask('api/v2/traces');
    if (first?.ok) return readTrace(api, first, budget, signal);
    const second = await ask('api/traces');
    if (!second.ok) return undefined;
    isOld = true;
    return readTrace(api, second, budget, signal);
  };
}

/** Whole, because traces that come side by side must leave one after the other. */
async function readTrace(
  api: TraceApi,
  response: Response,
  budget: ByteBudget,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of api.read(response, budget, signal)) chunks.push(chunk);
  const trace = Buffer.concat(chunks);
  const start = trace.subarray(0, MAX_EMPTY).toString('utf8');
  if (trace.length > 0 && !/^\s*\{/.test(start)) throw api.failure('its answer is not JSON: look at TRACES_URL');
  return trace.length < MAX_EMPTY && !SOME_SPANS.test(start) ? undefined : trace;
}

interface Outcome {
  readonly id: string;
  readonly trace?: Uint8Array | undefined;
  readonly failure?: unknown;
}

/**
 * What `get` gives for each id, as it comes, and once something has come only until `enough`. One that cannot be had is
 * left out, for a trace may be too large for its store; when none can be had, the first reason is thrown.
 */
async function* inAnyOrder(
  ids: readonly string[],
  get: (id: string) => Promise<Uint8Array | undefined>,
  enough: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const waiting = [...ids];
  const running = new Map<string, Promise<Outcome>>();
  const late = new Promise<undefined>((resolve) => {
    enough.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let failure: unknown;
  let given = 0;
  for (;;) {
    const free = enough.aborted ? 0 : MAX_AT_ONCE - running.size;
    for (const id of waiting.splice(0, free)) running.set(id, settle(id, get));
    if (running.size === 0) break;
    // Those that are through come before what ends the waiting.
    const outcome = await Promise.race([...running.values(), ...(given > 0 ? [late] : [])]);
    if (outcome === undefined) return;
    running.delete(outcome.id);
    failure ??= outcome.failure;
    if (outcome.trace === undefined) continue;
    given++;
    yield outcome.trace;
  }
  if (given === 0 && failure !== undefined) throw failure;
}

async function settle(id: string, get: (id: string) => Promise<Uint8Array | undefined>): Promise<Outcome> {
  try {
    return { id, trace: await get(id) };
  } catch (failure) {
    return { id, failure };
  }
}

/** No trace is a window too. */
async function* orNone(traces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let given = 0;
  for await (const trace of traces) {
    given++;
    yield trace;
  }
  if (given === 0) yield NO_TRACES;
}
