import { hashToken } from '../access/token.ts';
import type { AccessToken } from '../domain/access.ts';
import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { AccessStore } from '../ports.ts';

/** A token that is revoked elsewhere lets nobody in here after so long. */
const FRESH_MS = 5_000;

/** While the casebook is away, what was known so recently goes on: an outage of ours must not stop alerts. */
const GRACE_MS = 600_000;

/** How long one caller waits for the casebook to say who they are. */
const LOOKUP_MS = 2_000;

/** Apart, so that a flood of made-up tokens drives none of the good ones out. */
const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 1_000;

interface Seen {
  readonly token: AccessToken | undefined;
  readonly at: number;
}

/** The casebook's tokens, remembered for seconds. Errors: `casebook-unavailable` where it is away and nothing is known. */
export interface KnownTokens {
  /** The token as it was made, also when it holds no more. */
  find(token: string): Promise<AccessToken | undefined>;
  /** Whether any was ever made; once one was, that stays. */
  hasAny(): Promise<boolean>;
  /** Looks again at the next occasion: a token was made in this process, or the one of this id was ended. */
  expire(ended?: string): void;
}

export function createKnownTokens(parts: {
  readonly access: Pick<AccessStore, 'findToken' | 'hasTokens'>;
  /** Milliseconds that only grow. */
  readonly elapsed: () => number;
}): KnownTokens {
  const { access, elapsed } = parts;
  const known = new Map<string, Seen>();
  const unknown = new Map<string, Seen>();
  const lookups = new Map<string, Promise<AccessToken | undefined>>();
  let any: { readonly is: boolean; readonly at: number } | undefined;
  let awayAt: number | undefined;

  const isWithin = (at: number | undefined, ms: number) => at !== undefined && elapsed() - at < ms;

  /** One question for all who ask the same at the same time. */
  function lookUp(hash: string): Promise<AccessToken | undefined> {
    const running = lookups.get(hash);
    if (running) return running;
    const asked = ask((signal) => access.findToken(hash, signal)).finally(() => lookups.delete(hash));
    lookups.set(hash, asked);
    return asked;
  }

  async function ask<T>(question: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const answer = await question(AbortSignal.timeout(LOOKUP_MS));
      awayAt = undefined;
      return answer;
    } catch (error) {
      const away = asAway(error);
      if (isPrecedentError(away)) awayAt = elapsed();
      throw away;
    }
  }

  function remember(hash: string, token: AccessToken | undefined): void {
    const [into, other, limit] = token ? [known, unknown, MAX_KNOWN] : [unknown, known, MAX_UNKNOWN];
    other.delete(hash);
    into.delete(hash);
    into.set(hash, { token, at: elapsed() });
    const [oldest] = into.keys();
    if (into.size > limit && oldest !== undefined) into.delete(oldest);
  }

  return {
    async find(token) {
      const hash = hashToken(token);
      const seen = known.get(hash) ?? unknown.get(hash);
      if (seen && isWithin(seen.at, FRESH_MS)) return seen.token;
      const mayGoOn = seen?.token !== undefined && isWithin(seen.at, GRACE_MS);
      // Who is known need not wait again and again for a casebook that was away a moment ago.
      if (mayGoOn && isWithin(awayAt, FRESH_MS)) return seen.token;
      try {
        const found = await lookUp(hash);
        remember(hash, found);
        return found;
      } catch (error) {
        if (mayGoOn && isPrecedentError(error)) return seen.token;
        throw error;
      }
    },

    async hasAny() {
      if (any && (any.is || isWithin(any.at, FRESH_MS))) return any.is;
      const mayGoOn = any !== undefined && isWithin(any.at, GRACE_MS);
      if (mayGoOn && isWithin(awayAt, FRESH_MS)) return false;
      try {
        const is = await ask((signal) => access.hasTokens(signal));
        any = { is, at: elapsed() };
        return is;
      } catch (error) {
        if (mayGoOn && isPrecedentError(error)) return false;
        throw error;
      }
    },

    expire(ended) {
      // This one must not go on even while the casebook is away.
      for (const [hash, { token }] of known) if (token?.id === ended) known.delete(hash);
      unknown.clear();
      if (any?.is === false) any = undefined;
    },
  };
}

function asAway(error: unknown): unknown {
  const isAway =
    isPrecedentError(error, 'casebook-unavailable') || (error instanceof Error && error.name === 'TimeoutError');
  if (!isAway) return error;
  const message = 'the casebook, which knows the tokens, does not answer: try again';
  return new PrecedentError('casebook-unavailable', message, { cause: error });
}
