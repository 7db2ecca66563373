import { createHash, timingSafeEqual } from 'node:crypto';
import { type ClaimNames, principalOfClaims } from '../access/claims.ts';
import { standingOf } from '../access/lifetime.ts';
import { looksMinted } from '../access/token.ts';
import type { AccessToken } from '../domain/access.ts';
import { PrecedentError } from '../domain/errors.ts';
import { EVERY_NAMESPACE, LOCAL_OPERATOR, type Principal } from '../domain/principal.ts';
import type { AccessStore, Clock, VerifyToken } from '../ports.ts';
import { createKnownTokens } from './known-tokens.ts';

/** What the tokens of the environment may do, as they always could: everything, everywhere. */
const CONFIGURED: Principal = { name: 'api-token', namespace: EVERY_NAMESPACE, scopes: ['admin'] };

/** Who asks, by what their request carries. */
export interface Gatekeeper {
  /**
   * Throws `unauthorised`; `forbidden` where an identity provider's token says too much; `casebook-unavailable` or
   * `identity-unavailable` where it cannot be told now.
   */
  identify(authorization: string | undefined, signal?: AbortSignal): Promise<Principal>;
  /** Whether nobody has to say who they are. Throws `casebook-unavailable`: not knowing is no reason to let anybody in. */
  isOpen(): Promise<boolean>;
  /** A token was made in this process, or the one of this id was ended. */
  expire(ended?: string): void;
}

export interface GatekeeperParts {
  readonly access: Pick<AccessStore, 'findToken' | 'hasTokens'>;
  /** Of the environment. */
  readonly apiTokens: readonly string[];
  /** `open`: as long as no way in is configured and no token was ever made, everybody may come in. */
  readonly mode: 'open' | 'required';
  /** Absent unless an identity provider is configured. */
  readonly verifyToken?: VerifyToken | undefined;
  readonly claims: ClaimNames;
  readonly now: Clock;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
}

export function createGatekeeper(parts: GatekeeperParts): Gatekeeper {
  const { verifyToken, mode, claims, now } = parts;
  const configured = parts.apiTokens.map(digestOf);
  const casebook = createKnownTokens(parts);
  const neverOpen = mode === 'required' || configured.length > 0 || verifyToken !== undefined;

  const isOpen = async () => !neverOpen && !(await casebook.hasAny());

  return {
    isOpen,
    expire: casebook.expire,

    async identify(authorization, signal) {
      const token = readBearer(authorization);
      if (token === undefined) {
        if (await isOpen()) return LOCAL_OPERATOR;
        throw new PrecedentError('unauthorised', 'send Authorization: Bearer with a token of this service');
      }
      // First those that need nothing else to answer.
      if (isOneOf(configured, token)) return CONFIGURED;
      if (looksMinted(token)) {
        const found = await casebook.find(token);
        if (found) return principalOfToken(found, now());
      } else if (verifyToken && isJwt(token)) {
        return principalOfClaims(await verifyToken(token, signal), claims);
      }
      throw new PrecedentError(
        'unauthorised',
        'this token is none of this service: `precedent token create` makes one',
      );
    },
  };
}

/** RFC 6750; undefined where there is no header at all. A header that is no bearer token is as good as a wrong one. */
function readBearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : (/^bearer +(\S[^\r\n]*)$/i.exec(header)?.[1]?.trim() ?? '');
}

/** Digests have one length and every known one is compared: the time taken tells nothing about any token. */
function isOneOf(known: readonly Buffer[], token: string): boolean {
  const given = digestOf(token);
  return known.reduce((found, digest) => timingSafeEqual(digest, given) || found, false);
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}

/** Who has the secret may know why it opens nothing any more. */
function principalOfToken(token: AccessToken, at: Date): Principal {
  const standing = standingOf(token, at);
  const { id, name, namespace, scopes } = token;
  // By its id, too: after a rotation two of one name hold for a while.
  if (standing === 'holds') return { name: `token:${name}#${id}`, namespace, scopes };
  const since = standing === 'revoked' ? token.revokedAt : token.expiresAt;
  throw new PrecedentError('unauthorised', `the token ${id} is ${standing} since ${since}: ask for a new one`);
}
