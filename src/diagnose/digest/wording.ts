/** Numbers and names as the digest writes them: the same number reads the same in a reason and in the text. */

const MAX_NAME = 60;

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

export function formatRate(perSecond: number): string {
  return perSecond >= 10 ? String(Math.round(perSecond)) : perSecond.toFixed(perSecond < 1 ? 2 : 1);
}

/** Names come from telemetry, so from anybody: one line, bounded. */
export function toName(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MAX_NAME ? `${line.slice(0, MAX_NAME - 1)}…` : line || '-';
}
