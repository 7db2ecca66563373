import { z } from 'zod';

/** Before this nobody had alerts: the zero times of Go (year 1) and of Unix (1970) mean "none". */
const EARLIEST = Date.UTC(1990, 0);
const LATEST = Date.UTC(2200, 0);

/** RFC 3339 with its offset; without one the hour would be a guess. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,12})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** Up to where a count since 1970 is in seconds, milliseconds and microseconds; each covers centuries, and none overlap. */
const UNITS = [
  { below: 1e11, perMs: 1e-3 },
  { below: 1e14, perMs: 1 },
  { below: 1e17, perMs: 1e3 },
  { below: 1e20, perMs: 1e6 },
] as const;

/** A date as senders write it: RFC 3339, or a number since 1970 whose size tells its unit. Absent when it is neither. */
export function readMoment(value: unknown): Date | undefined {
  const time = typeof value === 'string' ? readText(value.trim()) : typeof value === 'number' ? readEpoch(value) : NaN;
  return time >= EARLIEST && time < LATEST ? new Date(time) : undefined;
}

function readText(text: string): number {
  if (/^\d{9,20}(?:\.\d{1,9})?$/.test(text)) return readEpoch(Number(text));
  return RFC_3339.test(text) ? Date.parse(text.replace(' ', 'T')) : NaN;
}

function readEpoch(count: number): number {
  const unit = UNITS.find(({ below }) => count < below);
  return unit === undefined ? NaN : Math.round(count / unit.perMs);
}

export const Moment = z.unknown().optional().transform(readMoment);
