import type { TraceFormat } from '../../domain/snapshot.ts';
import type { Span } from '../../domain/trace.ts';
import { invalidTraces, MAX_PROBLEMS, showId } from '../formats/problems.ts';
import type { CountRepair } from './mend.ts';

/** Nothing that serves a request runs for a day. */
export const DAY_US = 24 * 3600 * 1e6;
/** No window of telemetry is longer than a month. */
export const MONTH_US = 31 * DAY_US;
/** Times of clocks that were set lie between these; tracing is younger than the first. */
const YEAR_2001_US = 1e15;
const YEAR_2100_US = 4_102_444_800 * 1e6;

/** By what a time must be multiplied to be microseconds, and which unit it then came in. */
interface WrongUnit {
  readonly factor: number;
  readonly name: string;
}

const MICROSECOND_FIELDS: readonly WrongUnit[] = [
  { factor: 1e-3, name: 'nanoseconds' },
  { factor: 1e3, name: 'milliseconds' },
  { factor: 1e6, name: 'seconds' },
];
const NANOSECOND_FIELDS: readonly WrongUnit[] = [
  { factor: 1e3, name: 'microseconds' },
  { factor: 1e6, name: 'milliseconds' },
];

/**
 * Times that can be: what came in another unit than the rest is converted, impossible times are left out, negative
 * durations become 0. Throws `trace-invalid` when most of the window is in another unit, or impossible.
 */
export function mendTimes(spans: readonly Span[], format: TraceFormat, count: CountRepair): readonly Span[] {
  const units = format === 'otlp' ? NANOSECOND_FIELDS : MICROSECOND_FIELDS;
  for (const unit of units) refuseUnit(spans, unit, format);
  const mended = spans.some(isOdd) ? mendOdd(spans, units, count) : spans;
  return mended;
}

/** Not what a set clock and a finished request say. */
function isOdd({ startUs, durationUs }: Span): boolean {
  return !(startUs >= YEAR_2001_US && startUs < YEAR_2100_US && durationUs >= 0 && durationUs <= DAY_US);
}

function mendOdd(spans: readonly Span[], units: readonly WrongUnit[], count: CountRepair): Span[] {
  const convert = createConverter(spans, units);
  const kept: Span[] = [];
  const absurd: Span[] = [];
  for (const span of spans) {
    const converted = convert(span);
    if (converted !== span) count('wrong-unit');
    if (hasAbsurdTime(converted)) absurd.push(span);
    else if (converted.durationUs >= 0) kept.push(converted);
    else {
      count('negative-duration');
      kept.push({ ...converted, durationUs: 0 });
    }
  }
  if (absurd.length * 2 > spans.length) throw mostlyAbsurd(absurd);
  for (const _ of absurd) count('absurd-time');
  return kept;
}

/**
 * Services that write another unit than the others: read in it, their spans fall right among the others', which no
 * chance does. Only then are they converted.
 */
function createConverter(spans: readonly Span[], units: readonly WrongUnit[]): (span: Span) => Span {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { startUs } of spans) {
    if (!isSet(startUs)) continue;
    from = Math.min(from, startUs);
    to = Math.max(to, startUs);
  }
  const isAmong = (startUs: number) => startUs >= from - DAY_US / 24 && startUs <= to + DAY_US / 24;
  return (span) => {
    if (isSet(span.startUs)) return span;
    const unit = units.find(({ factor }) => isAmong(span.startUs * factor));
    return unit ? { ...span, startUs: span.startUs * unit.factor, durationUs: span.durationUs * unit.factor } : span;
  };
}

function isSet(startUs: number): boolean {
  return startUs >= YEAR_2001_US && startUs < YEAR_2100_US;
}

function hasAbsurdTime({ startUs, durationUs }: Span): boolean {
  return !(startUs >= 0 && startUs < YEAR_2100_US && Math.abs(durationUs) <= DAY_US);
}

/** Most spans are times of this century in another unit, and of one window: that is no clock, but a mistake. */
function refuseUnit(spans: readonly Span[], unit: WrongUnit, format: TraceFormat): void {
  let found = 0;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const { startUs } of spans) {
    if (!isSet(startUs * unit.factor)) continue;
    found++;
    from = Math.min(from, startUs * unit.factor);
    to = Math.max(to, startUs * unit.factor);
  }
  if (found * 2 <= spans.length || to - from > MONTH_US) return;
  const right = format === 'otlp' ? 'nanoseconds' : 'microseconds';
  const wrong = spans.filter((span) => isSet(span.startUs * unit.factor)).slice(0, MAX_PROBLEMS);
  const problems = wrong.map((span) => ({
    path: `span ${showId(span.spanId)}`,
    message: `starts in ${yearOf(span.startUs)} when read in ${right}, in ${yearOf(span.startUs * unit.factor)} when read in ${unit.name}`,
  }));
  throw invalidTraces(`the times look like ${unit.name}; send ${right}`, problems, found);
}

function yearOf(startUs: number): string {
  return startUs < YEAR_2100_US ? String(new Date(startUs / 1000).getUTCFullYear()) : 'a year after 2100';
}

function mostlyAbsurd(absurd: readonly Span[]): Error {
  const problems = absurd.slice(0, MAX_PROBLEMS).map((span) => ({
    path: `span ${showId(span.spanId)}`,
    message: `starts at ${span.startUs} µs and lasts ${span.durationUs} µs; are the times in another unit?`,
  }));
  return invalidTraces('most spans have impossible times', problems, absurd.length);
}
