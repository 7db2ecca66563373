import { PrecedentError, type Problem } from '../../domain/errors.ts';
import type { TraceFormat } from '../../domain/snapshot.ts';
import type { ParsedTraces, Span } from '../../domain/trace.ts';
import { mendSpans } from '../mend/mend.ts';
import { invalidTraces, MAX_PROBLEMS, showId } from './problems.ts';
import type { Mistake } from './raw-fields.ts';
import { createSpanNames, type SpanNames } from './span-names.ts';
import { unknownFormat } from './unknown-format.ts';

/** Part of a window as it was received: a trace of Jaeger, a `resourceSpans` of OTLP, a span of Zipkin. */
export interface TracePiece {
  readonly format: TraceFormat;
  readonly content: unknown;
  readonly spans: number;
}

/** Spans one piece holds at most: a trace that never ends comes in several. */
export const PIECE_SPANS = 500;

/** Gathers the spans of one window, whichever way they come. */
export interface SpanCollector {
  readonly names: SpanNames;
  /** Whether anybody listens to pieces; otherwise none need be made. */
  readonly wantsPieces: boolean;
  readonly format: TraceFormat | undefined;
  /** What the window is made of; throws `trace-invalid` when it was made of something else before. */
  setFormat(format: TraceFormat): void;
  /** So many spans are coming; throws `input-too-large` when these are too many, before anything is made of them. */
  expect(spans: number): void;
  add(span: Span): void;
  /** A span, or what is around it, is not what the format says. Throws `trace-invalid` when it was the last straw. */
  refuse(path: string, mistake: Mistake, spanId?: unknown): void;
  give(content: unknown, spans: number): void;
  /** The pieces given since the last time. */
  takePieces(): TracePiece[];
  finish(): ParsedTraces;
}

const NAMES = { jaeger: 'Jaeger', otlp: 'OTLP', zipkin: 'Zipkin' } as const satisfies Record<TraceFormat, string>;

export function createSpanCollector(maxSpans: number, wantsPieces = false): SpanCollector {
  const names = createSpanNames();
  const spans: Span[] = [];
  const problems: Problem[] = [];
  let pieces: TracePiece[] = [];
  let format: TraceFormat | undefined;
  let seen = 0;

  return {
    names,
    wantsPieces,
    get format() {
      return format;
    },
    setFormat(next) {
      if (format !== undefined && format !== next) throw mixed(format, next);
      format = next;
    },
    expect(count) {
      seen += count;
      if (seen > maxSpans) throw tooMany(maxSpans);
    },
    add(span) {
      spans.push(span);
    },
    refuse(path, { field, message }, spanId) {
      const where = [path, field].filter((part) => part !== '').join('.');
      const whose = typeof spanId === 'string' ? `span ${showId(spanId)}: ` : '';
      problems.push({ path: where || '(body)', message: `${whose}${message}` });
      if (problems.length === MAX_PROBLEMS) throwProblems();
    },
    give(content, count) {
      // Only what has a format is given.
      if (wantsPieces && format !== undefined) pieces.push({ format, content, spans: count });
    },
    takePieces() {
      const taken = pieces;
      pieces = [];
      return taken;
    },
    finish() {
      if (problems.length > 0) throwProblems();
      if (format === undefined) throw unknownFormat();
      return { format, ...mendSpans(spans, format) };
    },
  };

  function throwProblems(): never {
    throw invalidTraces(`the ${format ? `${NAMES[format]} ` : ''}traces cannot be read`, problems);
  }
}

function mixed(first: TraceFormat, second: TraceFormat): PrecedentError {
  const found = `the window holds ${NAMES[first]} and then ${NAMES[second]}`;
  return new PrecedentError('trace-invalid', `${found}: send windows of one format each`);
}

function tooMany(maxSpans: number): PrecedentError {
  return new PrecedentError(
    'input-too-large',
    `the window has more than ${maxSpans} spans, which is all that are read: send fewer minutes around the alert, ` +
      'fewer traces, or only those through the alerting service',
  );
}
