import type { AccessToken } from '../domain/access.ts';
import { PrecedentError } from '../domain/errors.ts';

export type Standing = 'holds' | 'expired' | 'revoked';

/** Whether a token lets anybody in, and if not, why. */
export function standingOf({ revokedAt, expiresAt }: AccessToken, at: Date): Standing {
  if (revokedAt !== undefined && Date.parse(revokedAt) <= at.getTime()) return 'revoked';
  return expiresAt !== undefined && Date.parse(expiresAt) <= at.getTime() ? 'expired' : 'holds';
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A hundred years: longer is a typing error, and no date could hold it for ever. */
const LONGEST_MS = 36_500 * UNITS.d;

/** `90d`, `24h`, `30m` or `0s`, in milliseconds. Throws `input-invalid`. */
export function parseDuration(text: string, path: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(text.trim()) ?? [];
  const ms = isUnit(unit) ? Number(number) * UNITS[unit] : Number.NaN;
  if (ms <= LONGEST_MS) return ms;
  const message = 'must be a number with s, m, h or d behind it, such as 90d or 24h, at most 36500d';
  throw new PrecedentError('input-invalid', `${path} ${message}`, { problems: [{ path, message }] });
}

function isUnit(text: string): text is keyof typeof UNITS {
  return text in UNITS;
}
