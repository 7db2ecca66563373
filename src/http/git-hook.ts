import { PrecedentError } from '../domain/errors.ts';
import { isHexSignature, isSharedSecret, isStandardWebhook } from './signatures.ts';

/** What a git host told, once it has proved that it may. */
export interface GitDelivery {
  readonly sender: 'github' | 'gitea' | 'gitlab';
  /** The sender's own id of this delivery: the same again when it is sent again. */
  readonly id: string | undefined;
  /** `push`, `ping`, `Push Hook` …, as the sender calls it. */
  readonly event: string;
}

type Headers = (name: string) => string | undefined;

interface Scheme {
  readonly sender: GitDelivery['sender'];
  /** Undefined when the request does not use this scheme. */
  readonly isValid: (header: Headers, body: Uint8Array, secrets: readonly string[], now: Date) => boolean | undefined;
  readonly idHeaders: readonly string[];
  readonly eventHeader: string;
}

const GITLAB = {
  sender: 'gitlab',
  idHeaders: ['webhook-id', 'idempotency-key', 'x-gitlab-event-uuid'],
  eventHeader: 'x-gitlab-event',
} as const;
const GITEA = { sender: 'gitea', idHeaders: ['x-gitea-delivery'], eventHeader: 'x-gitea-event' } as const;

/**
 * The first scheme that a request uses must fit. A signature goes before a token: who can sign is not asked for less.
 * Gitea sends GitHub's header too, so it is looked for first.
 */
const SCHEMES: readonly Scheme[] = [
  { ...GITLAB, isValid: isSignedByStandard },
  {
    ...GITLAB,
    isValid: (header, _body, secrets) => ifSent(header('x-gitlab-token'), (token) => isSharedSecret(token, secrets)),
  },
  {
    ...GITEA,
    isValid: (header, body, secrets) =>
      ifSent(header('x-gitea-signature'), (signature) => isHexSignature(signature, body, secrets)),
  },
  {
    sender: 'github',
    isValid: (header, body, secrets) =>
      ifSent(header('x-hub-signature-256'), (signature) =>
        isHexSignature(signature.replace(/^sha256=/, ''), body, secrets),
      ),
    idHeaders: ['x-github-delivery'],
    eventHeader: 'x-github-event',
  },
];

/** Who sent this and what for. Throws `unauthorised` unless one of `secrets` made the signature over the raw body. */
export function readGitDelivery(header: Headers, body: Uint8Array, secrets: readonly string[], now: Date): GitDelivery {
  if (secrets.length === 0)
    throw refuse('GIT_HOOK_SECRETS is not set, so no hook is believed: set it to the secret of the webhook');
  for (const { sender, isValid, idHeaders, eventHeader } of SCHEMES) {
    const valid = isValid(header, body, secrets, now);
    if (valid === undefined) continue;
    if (!valid)
      throw refuse(
        `the ${sender} signature fits none of GIT_HOOK_SECRETS, or is too old: set the same secret on both sides`,
      );
    return { sender, id: idHeaders.map(header).find(Boolean), event: header(eventHeader) ?? '' };
  }
  throw refuse('it is not signed: GitHub, GitLab and Gitea sign when the webhook has a secret');
}

/** Only a push moves a branch; whatever else a host tells is taken and forgotten. */
export function isPush({ event }: GitDelivery): boolean {
  return /^(?:push|tag push hook|push hook|create|delete)$/i.test(event);
}

function isSignedByStandard(header: Headers, body: Uint8Array, secrets: readonly string[], now: Date) {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
  if (signature === undefined) return undefined;
  return isStandardWebhook({ id: id ?? '', timestamp: timestamp ?? '', signature, body }, secrets, now);
}

function ifSent(value: string | undefined, check: (value: string) => boolean): boolean | undefined {
  return value === undefined ? undefined : check(value);
}

function refuse(why: string): PrecedentError {
  return new PrecedentError('unauthorised', `this hook is refused: ${why}`);
}

export interface DeliveryLog {
  /** False when the id is known: the same delivery, sent again. */
  isNew(id: string | undefined): boolean;
  /** Nothing came of it, so that it counts when it is sent again. */
  forget(id: string | undefined): void;
}

/** Remembers the last deliveries by id; an ingest done twice costs little, so a restart may forget them. */
export function createDeliveryLog(limit = 10_000): DeliveryLog {
  const seen = new Set<string>();
  return {
    forget(id) {
      if (id !== undefined) seen.delete(id);
    },
    isNew(id) {
      if (id === undefined) return true;
      if (seen.has(id)) return false;
      seen.add(id);
      const [oldest] = seen;
      if (seen.size > limit && oldest !== undefined) seen.delete(oldest);
      return true;
    },
  };
}
