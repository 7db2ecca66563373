import { z } from 'zod';
import type { TraceQuery } from '../domain/trace.ts';
import type { TraceSource } from '../ports.ts';
import { startDeadline } from './deadline.ts';
import { createTraceApi, MAX_SERVICES, MAX_WINDOW_BYTES, type TraceApi, type TraceStoreOptions } from './trace-api.ts';
import { quote } from './trace-api-refusal.ts';

/** An answer with traces is longer; a shorter one may be an error that came with status 200. */
const MAX_HELD_BACK = 65_536;

const Answer = z.object({
  data: z.array(z.unknown()).nullish(),
  errors: z.array(z.object({ msg: z.string() })).nullish(),
});

const NO_TRACES = new TextEncoder().encode('{"data":[]}');

/** The query API of Jaeger, v1 and v2, and of what speaks it too. One search gives whole traces, of one service. */
export function createJaegerTraceSource(options: TraceStoreOptions): TraceSource {
  const api = createTraceApi({ name: 'Jaeger', tenantHeader: 'x-tenant' }, options);
  return {
    name: 'jaeger',
    async *fetchTraces(query, signal) {
      using deadline = startDeadline(options.timeoutMs, signal);
      const within = deadline.signal;
      const budget = { left: options.maxBytes ?? MAX_WINDOW_BYTES };
      // All at once: the store looks for the traces of the second service while those of the first are read.
      const answers = query.services
        .slice(0, MAX_SERVICES)
        .map((service) => search(api, service, query, within, options));
      for (const answer of answers) answer.catch(() => {});
      for (const answer of answers) yield* withoutErrors(api, api.read(await answer, budget, within), options);
    },
    async ping(signal) {
      const answer = await api.get('api/services', {}, signal);
      countItems(api, await api.readText(answer, { left: MAX_WINDOW_BYTES }, signal), options);
    },
  };
}

function search(
  api: TraceApi,
  service: string,
  { from, to }: TraceQuery,
  signal: AbortSignal,
  { limit }: TraceStoreOptions,
): Promise<Response> {
  const microseconds = (moment: Date) => moment.getTime() * 1000;
  return api.get('api/traces', { service, start: microseconds(from), end: microseconds(to), limit }, signal);
}

/** The body as it comes, but for a short one, which is looked at first: what went wrong may be all that it says. */
async function* withoutErrors(
  api: TraceApi,
  body: AsyncIterable<Uint8Array>,
  options: TraceStoreOptions,
): AsyncGenerator<Uint8Array> {
  const heldBack: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (length > MAX_HELD_BACK) {
      yield chunk;
      continue;
    }
    heldBack.push(chunk);
    length += chunk.length;
    if (length > MAX_HELD_BACK) yield Buffer.concat(heldBack);
  }
  if (length > MAX_HELD_BACK) return;
  const whole = Buffer.concat(heldBack);
  yield countItems(api, whole.toString('utf8'), options) === 0 ? NO_TRACES : whole;
}

/** How many items a whole answer has; none, and a reason why, is a failure whatever its status. */
function countItems(api: TraceApi, text: string, { token }: TraceStoreOptions): number {
  const { data, errors } = parseAnswer(api, text);
  if (data?.length || !errors?.length) return data?.length ?? 0;
  throw api.failure(`it failed (${quote(errors[0]?.msg ?? '', token) || 'it does not say why'})`);
}

function parseAnswer(api: TraceApi, text: string): z.infer<typeof Answer> {
  try {
    return Answer.parse(JSON.parse(text));
  } catch {
    throw api.failure('its answer is not that of a Jaeger query API: look at TRACES_URL and TRACES_API');
  }
}
