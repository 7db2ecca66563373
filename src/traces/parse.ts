import { PrecedentError } from '../domain/errors.ts';
import type { ParsedTraces, Span } from '../domain/trace.ts';
import { fromJaeger, isJaeger } from './jaeger.ts';
import { mendSpans } from './mend.ts';
import { fromOtlp, isOtlp } from './otlp.ts';
import { fromZipkin, isZipkin } from './zipkin.ts';

const ACCEPTED =
  'Jaeger {"data": [{"traceID", "spans", "processes"}]}, OTLP {"resourceSpans": [...]}, ' +
  'Tempo {"batches": [...]} or {"trace": {"resourceSpans": [...]}}, or a Zipkin v2 array of spans';

/**
 * What a digest gets through in seconds; more spans say nothing new about a window, and hold up everybody else's
 * requests meanwhile.
 */
const MAX_SPANS = 200_000;

/**
 * One window of traces, whatever format it came in, as spans that the rest can trust: unique ids, no cycles, every
 * parent present, no negative duration (`mendSpans` says what becomes of the others). A window without spans is parsed
 * as such; whether that will do is the digest's to say.
 * Errors: `trace-format-unknown`, `trace-invalid` with problems that name the span,
 * `input-too-large`.
 */
export function parseTraces(body: unknown, maxSpans = MAX_SPANS): ParsedTraces {
  const { format, spans: raw } = readSpans(body);
  assertFewEnough(raw.length, maxSpans);
  return { format, ...mendSpans(raw) };
}

function readSpans(body: unknown): { format: ParsedTraces['format']; spans: Span[] } {
  if (isZipkin(body)) return { format: 'zipkin', spans: fromZipkin(body) };
  if (typeof body === 'object' && body !== null) {
    if (isJaeger(body)) return { format: 'jaeger', spans: fromJaeger(body) };
    if (isOtlp(body)) return { format: 'otlp', spans: fromOtlp(body) };
  }
  throw new PrecedentError('trace-format-unknown', `not a trace format I know; accepted are ${ACCEPTED}`);
}

function assertFewEnough(spans: number, maxSpans: number): void {
  if (spans <= maxSpans) return;
  throw new PrecedentError(
    'input-too-large',
    `the window has ${spans} spans, and at most ${maxSpans} are read: send fewer minutes around the alert, ` +
      'fewer traces, or only those through the alerting service',
  );
}
