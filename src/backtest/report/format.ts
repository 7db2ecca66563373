import type { Share } from '../../domain/backtest.ts';
import type { CalibrationTarget } from '../../domain/calibration.ts';
import type { Accepted } from './accepted.ts';

/** Nothing was measured. */
export const NONE = '–';

export const TARGET_NAMES: Readonly<Record<CalibrationTarget, string>> = {
  service: 'service',
  category: 'category',
  both: 'service and category',
};

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `71 % (62–79)`: the share, and where the truth lies with 95 %. */
export function shareWithInterval({ value, interval: [low, high] }: Share): string {
  return value === null ? NONE : `${percent(value)} (${Math.round(low * 100)}–${Math.round(high * 100)})`;
}

export function range(from: number, to: number): string {
  const [low, high] = [percent(from), percent(to)];
  return low === high ? low : `${low.slice(0, -2)}–${high}`;
}

/** `.083`, `−.120`, `1.000`. */
export function decimal(value: number | null): string {
  return value === null
    ? NONE
    : value
        .toFixed(3)
        .replace(/^(-?)0\./, '$1.')
        .replace('-', '−');
}

/** `12 incidents`, `1 incident`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** For a table in words: from where on, how many pass, how many of them are wrong. */
export function tellAccepted(accepted: Accepted | undefined, n: number): string[] {
  if (!accepted) return [NONE, NONE, NONE];
  return [percent(accepted.threshold), `${accepted.kept} of ${n}`, shareWithInterval(accepted.risk)];
}
