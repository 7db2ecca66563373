export { toName } from '../../domain/plain-name.ts';

/** Numbers and names as the digest writes them: the same number reads the same in a reason and in the text. */

/** Anything smaller would be written with an exponent. */
const LEAST_RATE = 1e-6;
export function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** ` (×298)`, or nothing where there was nothing to multiply or nothing grew. */
export function formatGrowth(before: number, after: number): string {
  const factor = after / before;
  if (before < 0.05 || !Number.isFinite(factor) || factor < 1.05) return '';
  return ` (×${factor < 10 ? factor.toFixed(1) : Math.round(factor)})`;
}

export function formatShare(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A few requests an hour are a rate too, and must not read as none. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 10) return String(Math.round(perSecond));
  if (perSecond >= 0.1) return perSecond.toFixed(perSecond < 1 ? 2 : 1);
  return perSecond > 0 ? Math.max(perSecond, LEAST_RATE).toPrecision(2) : '0';
}

/** `1 trace`, `7 traces`. */
export function formatCount(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** Whether a tracing tool could have made it. What it could not has nothing to open, and may be anybody's text. */
export function isTraceId(id: string): boolean {
  return /^[\w.:-]{1,128}$/.test(id);
}
