import { createHmac, timingSafeEqual } from 'node:crypto';
import { PrecedentError } from '../domain/errors.ts';

/** How old or how far ahead a request may be, as Slack advises: one that was overheard is worth nothing afterwards. */
const TOLERANCE_SECONDS = 300;

/**
 * Throws `unauthorised` unless Slack signed the raw body with one of `secrets`, lately. All of them are tried, so that a
 * secret may be changed while the old one is still in use.
 */
export function checkSlackSignature(
  header: (name: string) => string | undefined,
  body: Uint8Array,
  secrets: readonly string[],
  now: Date,
): void {
  if (secrets.length === 0)
    throw refuse('SLACK_SIGNING_SECRETS is not set: set it to the Signing Secret of the Slack app (Basic Information)');
  const timestamp = header('x-slack-request-timestamp') ?? '';
  const given = header('x-slack-signature') ?? '';
  if (timestamp === '' || given === '') throw refuse('it is not signed, as everything is that Slack sends');
  const age = Math.abs(now.getTime() / 1_000 - Number(timestamp));
  if (!/^\d{1,12}$/.test(timestamp) || age > TOLERANCE_SECONDS)
    throw refuse(`its timestamp is not of the last ${TOLERANCE_SECONDS} s: set the clock of this machine`);
  const isSigned = secrets.reduce((found, secret) => isSame(given, sign(secret, timestamp, body)) || found, false);
  if (!isSigned) throw refuse('the signature fits none of SLACK_SIGNING_SECRETS: set the Signing Secret of this app');
}

function sign(secret: string, timestamp: string, body: Uint8Array): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
}

/** Every signature has one length, so only what is no signature at all ends sooner. */
function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(why: string): PrecedentError {
  return new PrecedentError('unauthorised', `this request is refused: ${why}`);
}
