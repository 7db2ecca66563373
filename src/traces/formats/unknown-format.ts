import { PrecedentError } from '../../domain/errors.ts';
import { showWords } from './problems.ts';
import { isFields, type RawFields } from './raw-fields.ts';

const ACCEPTED =
  'Jaeger {"data": [{"traceID", "spans", "processes"}]}, OTLP {"resourceSpans": [...]}, ' +
  'Tempo {"batches": [...]} or {"trace": {"resourceSpans": [...]}}, a Zipkin v2 array of spans, or an array of these';

/** What is sent by mistake instead of traces, by the field that tells. */
const OTHERS: ReadonlyMap<string, string> = new Map([
  ['resourceMetrics', 'these are metrics of OTLP, not traces'],
  ['resourceLogs', 'these are logs of OTLP, not traces'],
  ['resourceProfiles', 'these are profiles of OTLP, not traces'],
]);

/** Whether a field holds what another signal is made of. */
export function isOtherSignal(name: string): boolean {
  return OTHERS.has(name);
}

/** `value` is what was found instead of traces, at `path`; nothing of it is shown. */
export function unknownFormat(value?: unknown, path = ''): PrecedentError {
  const what = recognise(value);
  const found = `${path === '' ? '' : `${path}: `}${what === undefined ? '' : `${what}: `}`;
  const problems = what === undefined && path === '' ? [] : [{ path: path || '(body)', message: what ?? 'no traces' }];
  return new PrecedentError(
    'trace-format-unknown',
    `${found}not a trace format I know; accepted are ${ACCEPTED}`,
    problems.length > 0 ? { problems } : undefined,
  );
}

function recognise(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number')
    return 'this is text or a number; if it is CSV, send JSON';
  if (!isFields(value)) return undefined;
  const names = Object.keys(value);
  if (names.length === 0) return 'this is an empty object';
  const other = names.find(isOtherSignal);
  if (other !== undefined) return OTHERS.get(other);
  return isSearchResult(value) ? SEARCH_RESULT : undefined;
}

const SEARCH_RESULT =
  'this is what a search of Tempo found, not the traces themselves: fetch each with GET /api/v2/traces/{traceID}';

function isSearchResult({ traces }: RawFields): boolean {
  if (!Array.isArray(traces)) return false;
  const first: unknown = traces[0];
  return first === undefined || (isFields(first) && 'traceID' in first && !('spans' in first));
}

/** Jaeger's query API tells what failed beside `"data": null`; that is no empty window. */
export function refuseJaegerErrors(errors: unknown): void {
  if (!Array.isArray(errors) || errors.length === 0) return;
  const first: unknown = errors[0];
  const said = isFields(first) && typeof first['msg'] === 'string' ? `: ${showWords(first['msg'])}` : '';
  throw new PrecedentError('trace-invalid', `Jaeger answered with an error instead of traces${said}`);
}
