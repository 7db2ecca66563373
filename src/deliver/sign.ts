import { createHmac } from 'node:crypto';

export interface OutgoingMessage {
  /** The same for every attempt, so that a receiver can tell what it has already. */
  readonly id: string;
  /** Of this attempt: receivers refuse what is older than some minutes. */
  readonly at: Date;
  readonly body: string;
}

/**
 * The headers of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`, one
 * signature for each of `secrets`, of which a receiver needs to know one. Without secrets the message is not signed.
 */
export function signMessage(
  { id, at, body }: OutgoingMessage,
  secrets: readonly string[],
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signatures = secrets.map((secret) => {
    const hmac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
    return `v1,${hmac.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 ? { 'webhook-signature': signatures.join(' ') } : {}),
  };
}

/** `whsec_` and base64, as the specification writes secrets, or any other text as it is. */
function keyOf(secret: string): Buffer {
  return secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
}
