import { DEFAULT_SECRET_HEADER, type IntakeSecrets, type SenderConfig } from '../config/intake.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Sender } from '../domain/occurrence.ts';
import {
  DEFAULT_NAMESPACE,
  EVERY_NAMESPACE,
  homeOf,
  LOCAL_OPERATOR,
  mayDo,
  type Principal,
} from '../domain/principal.ts';
import { SENDERS } from '../intake/senders.ts';
import { isHexSignature, isSharedSecret, isStandardWebhook } from './signatures.ts';

/** Signatures of one request that are looked at: more is no rotation. */
const MAX_SIGNATURES = 10;

export interface SenderProof {
  readonly sender: Sender;
  /** Who the authorisation found this to be; absent where the request has no token and needs one. */
  readonly principal: Principal | undefined;
  readonly header: (name: string) => string | undefined;
  /** As it was sent, before anything was inflated or parsed. */
  readonly body: Uint8Array;
}

export interface SenderTrust {
  readonly config: SenderConfig | undefined;
  readonly secrets: IntakeSecrets;
  readonly now: Date;
}

/** Who hands alerts in, and where they are kept. */
export interface Caller {
  readonly name: string;
  readonly namespace: string;
}

/**
 * A bearer token for `intake`, or one of the secrets. Throws `unauthorised`, or `forbidden` for a token that is for other
 * things. Once a sender has secrets, nobody else passes for it because everybody may come in.
 */
export function authoriseSender(proof: SenderProof, { config, secrets, now }: SenderTrust): Caller {
  const { sender, principal } = proof;
  const known = secretsOf(sender, secrets);
  if (principal !== undefined && !mustProve(principal, known)) return callerOf(sender, principal, config);
  if (isProven(proof, config?.header ?? DEFAULT_SECRET_HEADER, known, now))
    return { name: sender, namespace: config?.namespace ?? DEFAULT_NAMESPACE };
  throw new PrecedentError('unauthorised', explain(sender, known.length > 0));
}

/**
 * Throws `unauthorised` where nothing in the head can prove anything: whoever brings neither a token nor a proof is not
 * listened to for a whole body.
 */
export function refuseProofless(
  { sender, principal, header }: Omit<SenderProof, 'body'>,
  { config, secrets }: Omit<SenderTrust, 'now'>,
): void {
  const known = secretsOf(sender, secrets);
  if (!mustProve(principal, known)) return;
  const proofs = [config?.header ?? DEFAULT_SECRET_HEADER, 'webhook-signature', 'x-pagerduty-signature'];
  if (known.length > 0 && proofs.some((name) => header(name) !== undefined)) return;
  throw new PrecedentError('unauthorised', explain(sender, known.length > 0));
}

/** Whether the head alone shows who this is: for all others the body is taken in before anybody knows. */
export function isKnownByHead(
  { sender, principal, header }: Omit<SenderProof, 'body'>,
  { config, secrets }: Omit<SenderTrust, 'now'>,
): boolean {
  const known = secretsOf(sender, secrets);
  return !mustProve(principal, known) || hasSharedSecret(header(config?.header ?? DEFAULT_SECRET_HEADER), known);
}

function hasSharedSecret(given: string | undefined, known: readonly string[]): boolean {
  return given !== undefined && isSharedSecret(given, known);
}

function secretsOf(sender: Sender, { bySender, anySender }: IntakeSecrets): readonly string[] {
  return [...(bySender.get(sender) ?? []), ...anySender];
}

/** Nobody is known by a token; where a sender has secrets, that everybody may come in does not count either. */
function mustProve(principal: Principal | undefined, known: readonly string[]): boolean {
  return principal === undefined || (principal === LOCAL_OPERATOR && known.length > 0);
}

function callerOf(sender: Sender, principal: Principal, config: SenderConfig | undefined): Caller {
  if (!mayDo(principal, 'intake'))
    throw new PrecedentError(
      'forbidden',
      `this token may not hand in alerts of ${sender}: use one with the scope intake`,
    );
  const home = principal.namespace === EVERY_NAMESPACE ? config?.namespace : undefined;
  return { name: principal.name, namespace: home ?? homeOf(principal) };
}

/** Any proof will do: PagerDuty signs whether or not anybody told us by which secret. */
function isProven({ sender, header, body }: SenderProof, secretHeader: string, known: readonly string[], now: Date) {
  if (hasSharedSecret(header(secretHeader), known)) return true;
  const standard = header('webhook-signature');
  if (standard !== undefined) {
    const [id = '', timestamp = ''] = [header('webhook-id'), header('webhook-timestamp')];
    const signature = standard.split(' ').slice(0, MAX_SIGNATURES).join(' ');
    if (id !== '' && isStandardWebhook({ id, timestamp, signature, body }, known, now)) return true;
  }
  return SENDERS[sender].signs === 'pagerduty' && isSignedByPagerDuty(header('x-pagerduty-signature'), body, known);
}

/** `v1=<hex>[,v1=<hex>]`: two of them while PagerDuty changes its secret. */
function isSignedByPagerDuty(header: string | undefined, body: Uint8Array, known: readonly string[]): boolean {
  const given = (header ?? '').split(',').map((part) => part.trim());
  return given
    .slice(0, MAX_SIGNATURES)
    .filter((part) => part.startsWith('v1='))
    .reduce((fits, part) => isHexSignature(part.slice('v1='.length), body, known) || fits, false);
}

function explain(sender: Sender, hasSecrets: boolean): string {
  const token = 'send Authorization: Bearer with a token for intake';
  if (!hasSecrets) return `this alert is refused: ${token}, or set \`intake.${sender}.secretEnv\` or INTAKE_SECRETS`;
  return `this alert is refused: no signature or secret fits those of ${sender}, or it is too old; set the same on both sides, or ${token}`;
}
