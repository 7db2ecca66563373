import { startDeadline } from './adapters/deadline.ts';
import type { Config } from './config.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import { isPrecedentError, messageOf } from './domain/errors.ts';
import type { KnowledgeStatus, SourceStatus } from './domain/knowledge-status.ts';
import { untilAborted } from './domain/until-aborted.ts';
import { isModelPool } from './llm/pool/pool.ts';
import type { Ports } from './ports.ts';

/** How one dependency is; `detail` says what is wrong and how to mend it. */
export interface Check {
  readonly name: 'index' | 'embedder' | 'casebook' | 'knowledge' | 'reranker' | 'traces' | 'llm';
  readonly ok: boolean;
  /** It does not work, and what it is for is answered without it. Only for whoever has the patience to have it asked. */
  readonly degraded?: true;
  readonly detail: string;
}

export interface ReadinessContext {
  readonly ports: Ports;
  readonly reader: Pick<KnowledgeReader, 'current'>;
  /** Served against head, as far as it can be told without asking other machines. */
  readonly findStatus: (signal: AbortSignal) => Promise<KnowledgeStatus>;
  /** How the store of traces is asked; undefined for one that was handed in. */
  readonly traces?: Config['traces'];
}

/** Asks every dependency side by side; never throws. */
export async function checkReadiness(
  { ports, reader, findStatus, traces }: ReadinessContext,
  limitMs: number,
): Promise<Check[]> {
  const { embedder, index, casebook, chatModel, reranker, traceSource } = ports;
  return Promise.all([
    check('embedder', limitMs, async (signal) => (await embedder.describe(signal)).id),
    check('index', limitMs, async (signal) => index.ping(signal).then(() => 'answers')),
    check('casebook', limitMs, async (signal) => casebook.ping(signal).then(() => 'answers')),
    check('knowledge', limitMs, async (signal) => {
      const { generation } = await reader.current(signal);
      const served = `${generation.documents} documents, generation ${generation.key.slice(0, 12)}`;
      return [served, ...(await describeSources(findStatus, signal))].join('; ');
    }),
    check('reranker', limitMs, (signal) => describeReranker(reranker, limitMs, signal)),
    check('traces', limitMs, (signal) => describeTraceSource(traceSource, traces, limitMs, signal)),
    check('llm', limitMs, async () => describeChatModel(chatModel)),
  ]);
}

/** A probe comes every few seconds and must cost nothing; whoever gives longer than this wants to know. */
const PROBE_MS = 2_000;

/** So much earlier ends what is only told of. */
const MARGIN_MS = 500;

/** Searches answer without it, so one that does not work is told, and makes nothing unready. */
async function describeReranker(reranker: Ports['reranker'], limitMs: number, signal: AbortSignal): Promise<Found> {
  if (!reranker) return 'none configured: the legs alone say the order';
  if (limitMs <= PROBE_MS) return `${reranker.name}, asked only when a search is`;
  try {
    await reranker.score('a question', ['a passage'], signal);
    return `${reranker.name} reads the first again`;
  } catch (error) {
    return { degraded: `${reranker.name} does not work, searches answer without it: ${messageOf(error)}` };
  }
}

/** Asking an endpoint costs money, so what earlier diagnoses met is told; they are answered by precedent meanwhile. */
function describeChatModel(chatModel: Ports['chatModel']): Found {
  if (!chatModel) return 'none configured: the precedent engine answers';
  const asked = `${chatModel.name}, asked only when a diagnosis is`;
  const states = isModelPool(chatModel) ? chatModel.listStates() : [];
  const away = states.filter(({ state }) => state === 'open');
  if (away.length === 0) return asked;
  // Who probes may be anybody: the endpoint's own words stay in the diagnoses.
  const told = away.map((each) => `${each.name} until ${each.coolUntil} (last failure: ${each.lastFailure?.kind})`);
  if (away.length < states.length) return `${asked}; left alone: ${told.join(', ')}`;
  return { degraded: `no LLM is asked, diagnoses are answered by precedent; left alone: ${told.join(', ')}` };
}

/** Diagnoses are answered without it too, so like the reranker it is told, and makes nothing unready. */
async function describeTraceSource(
  source: Ports['traceSource'],
  traces: Config['traces'],
  limitMs: number,
  signal: AbortSignal,
): Promise<Found> {
  if (!source) return 'no store of them configured: only callers bring traces';
  if (limitMs <= PROBE_MS) return `${source.name}, asked only when an alert comes without any`;
  // A diagnosis waits no longer either: a store that takes longer is one that it gets nothing from.
  const timeoutMs = Math.min(limitMs - MARGIN_MS, traces?.timeoutMs ?? limitMs);
  using deadline = startDeadline(timeoutMs, signal);
  try {
    await untilAborted(source.ping(deadline.signal), deadline.signal);
    return `${source.name} answers`;
  } catch (error) {
    const where = traces ? ` from ${new URL(traces.url).origin}` : '';
    const why = deadline.isOver() ? `no answer${where} within ${timeoutMs / 1_000} s` : messageOf(error);
    return { degraded: `${source.name} does not work, diagnoses are answered without it: ${why}` };
  }
}

/** Comparing with a large working tree takes git a while, and a probe is asked every few seconds. */
const COMPARE_MS = 1_000;

/** What can be answered from is there already: sources that are gone or slow are told, and make nothing unready. */
async function describeSources(findStatus: ReadinessContext['findStatus'], signal: AbortSignal): Promise<string[]> {
  using deadline = startDeadline(COMPARE_MS, signal);
  const limit = deadline.signal;
  const late = new Promise<never>((_resolve, reject) => {
    limit.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true });
  });
  try {
    const { sources } = await Promise.race([findStatus(limit), late]);
    return sources.map(describeSource);
  } catch (error) {
    return [`its sources cannot be compared with: ${messageOf(error)}`];
  }
}

/** Being behind is told, not refused: yesterday's runbooks are better than none. */
function describeSource({ name, kind, served, head, dirty, state }: SourceStatus): string {
  const short = (sha: string | undefined) => sha?.slice(0, 12) ?? 'no commit';
  const drift = dirty ? ', with uncommitted changes' : '';
  return `${name || kind} served at ${short(served)}, head ${short(head)} (${state}${drift})`;
}

type Found = string | { readonly degraded: string };

async function check(
  name: Check['name'],
  limitMs: number,
  ask: (signal: AbortSignal) => Promise<Found>,
): Promise<Check> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  // Raced as well as signalled: a dependency that hangs may not heed the signal either.
  const late = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason), { once: true });
  });
  try {
    const found = await Promise.race([late, ask(limit.signal)]);
    if (typeof found === 'string') return { name, ok: true, detail: found };
    return { name, ok: true, degraded: true, detail: found.degraded };
  } catch (error) {
    return { name, ok: false, detail: isPrecedentError(error) ? `${error.code}: ${error.message}` : messageOf(error) };
  } finally {
    clearTimeout(timer);
  }
}
