import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { Clock, VerifyToken } from '../ports.ts';
import { createKeyFetch } from './jwks-fetch.ts';

export interface TokenVerifierOptions {
  readonly issuer: string;
  /** Whom the token must be for: us. A token for another service of the same provider opens nothing here. */
  readonly audience: string;
  /** Absent: as the issuer's discovery document has it. */
  readonly jwksUrl?: string | undefined;
  readonly now?: Clock;
  /** Of one request to the provider. */
  readonly timeoutMs?: number;
  /** After this, known keys are asked for again; beside the request that noticed. */
  readonly refreshMs?: number;
  /** So long after keys were fetched, a key that is not among them has them fetched again. */
  readonly cooldownMs?: number;
}

/** Signed with a key that only the provider has. With a shared secret, the public key itself could pass for one. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

/** Between the clock of the provider and ours. */
const CLOCK_TOLERANCE_SECONDS = 60;
const TIMEOUT_MS = 3_000;
const REFRESH_MS = 600_000;
const COOLDOWN_MS = 30_000;

/** Known keys are good for so long while the provider is away. */
const KEYS_KEPT_MS = 3_600_000;

/** Verifies tokens of an OpenID Connect provider by its public keys, which are fetched when first needed. */
export function createJoseTokenVerifier(options: TokenVerifierOptions): VerifyToken {
  const { now = () => new Date() } = options;
  const keys = createKeys(options, now);
  return async (token, signal) => {
    try {
      const { payload } = await untilAborted(
        jwtVerify(token, keys(), {
          issuer: options.issuer,
          audience: options.audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          // One that never ends could not be taken back.
          requiredClaims: ['exp', 'sub'],
          currentDate: now(),
        }),
        signal,
      );
      return { subject: subjectOf(payload), claims: payload };
    } catch (error) {
      signal?.throwIfAborted();
      throw explain(error);
    }
  };
}

/** The provider's keys, asked for when they are first needed and then every so often. */
function createKeys(options: TokenVerifierOptions, now: Clock): () => RemoteJWKSet {
  const { timeoutMs = TIMEOUT_MS, refreshMs = REFRESH_MS, cooldownMs = COOLDOWN_MS } = options;
  const fetchKeys = createKeyFetch({ issuer: options.issuer, jwksUrl: options.jwksUrl, timeoutMs, now });
  let triedAt: number | undefined;
  // The fetch itself knows the address: discovery may name another one later.
  const keys = createRemoteJWKSet(new URL(options.jwksUrl ?? options.issuer), {
    cacheMaxAge: KEYS_KEPT_MS,
    cooldownDuration: cooldownMs,
    timeoutDuration: 2 * timeoutMs,
    [customFetch]: (_url, { signal }) => fetchKeys(signal),
  });
  return () => {
    const at = now().getTime();
    if (keys.jwks() !== undefined && triedAt !== undefined && at - triedAt > refreshMs) {
      // Keys that the provider took back are gone after this; while it is away, those that are known go on.
      keys.reload().catch(() => {
        triedAt = at - refreshMs + cooldownMs;
      });
      triedAt = at;
    }
    triedAt ??= at;
    return keys;
  };
}

function subjectOf({ sub }: JWTPayload): string {
  if (typeof sub === 'string' && sub !== '') return sub;
  throw refuse('it names no subject (`sub`)');
}

function refuse(why: string, cause?: unknown): PrecedentError {
  return new PrecedentError('unauthorised', `the token of the identity provider is refused: ${why}`, { cause });
}

const CLAIM_MISTAKES: Readonly<Record<string, string>> = {
  iss: 'another issuer made it than OIDC_ISSUER (`iss`)',
  aud: 'it is for another service than OIDC_AUDIENCE (`aud`)',
  exp: 'it must say until when it holds (`exp`)',
  nbf: 'it does not hold yet (`nbf`)',
  sub: 'it names no subject (`sub`)',
};

/** Only what was said of a verified token, or of its form: nothing that somebody wrote into it. */
function explain(error: unknown): unknown {
  if (isPrecedentError(error)) return error;
  if (error instanceof errors.JWTExpired) return refuse('it has expired (`exp`)', error);
  if (error instanceof errors.JWTClaimValidationFailed)
    return refuse(CLAIM_MISTAKES[error.claim] ?? 'one of its claims is not valid', error);
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed)
    return refuse('none of the keys of the provider made its signature', error);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return refuse(`its algorithm must be one of ${ALGORITHMS.join(', ')}`, error);
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return refuse('several keys of the provider fit: it must name the one that signed it (`kid`)', error);
  // Thrown for a key that is too short for its algorithm.
  if (error instanceof TypeError) return refuse('the key that signed it must not be used', error);
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return unusableKeys(error);
  if (error instanceof errors.JOSEError) return refuse('it is no valid JWT', error);
  return error;
}

function unusableKeys(error: Error): PrecedentError {
  const why = error instanceof errors.JWKSTimeout ? 'did not answer in time' : 'gives no JSON Web Key Set';
  const message = `the identity provider ${why}, so its token cannot be checked: look at OIDC_ISSUER and OIDC_JWKS_URL`;
  return new PrecedentError('identity-unavailable', message, { cause: error });
}
