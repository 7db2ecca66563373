import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How old or how far ahead a signed timestamp may be (Standard Webhooks recommends five minutes). */
const TOLERANCE_SECONDS = 300;

/** Whether `given` is the hex HMAC-SHA256 of the raw body by one of `secrets`; all of them are tried, whichever fits. */
export function isHexSignature(given: string, body: Uint8Array, secrets: readonly string[]): boolean {
  return secrets.reduce(
    (found, secret) => isSame(createHmac('sha256', secret).update(body).digest('hex'), given.toLowerCase()) || found,
    false,
  );
}

/** Whether `given` is one of `secrets`: GitLab sends its token as it is. */
export function isSharedSecret(given: string, secrets: readonly string[]): boolean {
  return secrets.reduce((found, secret) => isSame(secret, given) || found, false);
}

export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970, as the sender wrote them. */
  readonly timestamp: string;
  /** `v1,<base64>`, several of them with spaces between while a sender changes its secret. */
  readonly signature: string;
  readonly body: Uint8Array;
}

/**
 * Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`. A secret may be written
 * `whsec_<base64>`, as the specification has it, or as any other text.
 */
export function isStandardWebhook(message: SignedMessage, secrets: readonly string[], now: Date): boolean {
  const age = Math.abs(now.getTime() / 1_000 - Number(message.timestamp));
  if (!/^\d+$/.test(message.timestamp) || age > TOLERANCE_SECONDS) return false;
  const given = message.signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : []));
  return secrets.reduce((found, secret) => {
    const key = keyOf(secret);
    // `whsec_` with nothing behind it: everybody knows that key.
    if (key.length === 0) return found;
    const expected = createHmac('sha256', key)
      .update(`${message.id}.${message.timestamp}.`)
      .update(message.body)
      .digest('base64');
    return given.reduce((fits, signature) => isSame(expected, signature) || fits, false) || found;
  }, false);
}

function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}

/** Digests have one length, so the time taken says nothing about where two texts differ. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
