import {
  findTraces,
  type HeldTrace,
  type ScriptedTraceStore,
  type StoreAnswer,
  type StoreRequest,
  type StoreSettings,
  startTraceStore,
  wholeNumber,
} from './scripted-trace-store.ts';

const PARAMETERS = new Set(['service', 'start', 'end', 'limit']);

/** Jaeger's query API, as far as traces are searched for. */
export function startScriptedJaeger(
  traces: readonly HeldTrace[] = [],
  settings: StoreSettings = {},
): Promise<ScriptedTraceStore> {
  return startTraceStore((request) => answer(request, traces), settings);
}

function answer({ path, query }: StoreRequest, traces: readonly HeldTrace[]): StoreAnswer {
  if (path === '/api/services') {
    const services = traces.flatMap((trace) => Object.values(trace.processes).map(({ serviceName }) => serviceName));
    return { json: envelope([...new Set(services)]) };
  }
  if (path !== '/api/traces' || [...query.keys()].some((name) => !PARAMETERS.has(name))) return undefined;
  const service = query.get('service');
  if (!service) return { status: 400, json: envelope(null, "parameter 'service' is required") };
  // Microseconds; with seconds or milliseconds the store would look in 1970 and find nothing.
  const [fromUs, toUs, limit] = ['start', 'end', 'limit'].map((name) => wholeNumber(query, name));
  if (fromUs === undefined || toUs === undefined || limit === undefined) {
    return { status: 400, json: envelope(null, 'unable to parse a parameter') };
  }
  return { json: envelope(findTraces(traces, { service, fromUs, toUs, limit })) };
}

/** Also the way errors are written, sometimes with status 200. */
export function envelope(data: unknown, error?: string): unknown {
  return { data, total: 0, limit: 0, offset: 0, errors: error === undefined ? null : [{ code: 500, msg: error }] };
}
