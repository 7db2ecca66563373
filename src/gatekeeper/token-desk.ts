import { assertMayGrant, mayManage } from '../access/grant.ts';
import { standingOf } from '../access/lifetime.ts';
import { mintToken } from '../access/token.ts';
import type { AccessToken } from '../domain/access.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Principal, Scope } from '../domain/principal.ts';
import type { AccessStore, Clock } from '../ports.ts';
import type { AuditLog } from './audit-log.ts';

export interface TokenWish {
  readonly name: string;
  readonly namespace: string;
  readonly scopes: readonly Scope[];
  /** Absent: it holds until it is revoked. */
  readonly expiresInMs?: number | undefined;
}

/** A token that was just made: the only time that it is shown. */
export interface NewToken {
  readonly token: string;
  readonly record: AccessToken;
}

/** Makes and ends tokens, for whoever may; each of these is in the audit log. Errors: `forbidden`, `not-found`. */
export interface TokenDesk {
  create(by: Principal, wish: TokenWish): Promise<NewToken>;
  /** Newest first, also those that hold no more. */
  list(by: Principal): Promise<AccessToken[]>;
  revoke(by: Principal, id: string): Promise<AccessToken>;
  /** A new token in the place of one that holds, which goes on holding for a grace; it lasts as long as that one was to. */
  rotate(by: Principal, id: string, graceMs?: number): Promise<NewToken>;
}

/** Long enough to bring the new token to where the old one is, whoever is asleep. */
const ROTATION_GRACE_MS = 86_400_000;

export function createTokenDesk(parts: {
  readonly access: Pick<AccessStore, 'saveToken' | 'listTokens' | 'endToken'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly now: Clock;
  /** A token was made, or the one of this id was ended. */
  readonly onChanged: (ended?: string) => void;
}): TokenDesk {
  const { access, audit, randomBytes, now, onChanged } = parts;

  async function make(fields: Omit<AccessToken, 'id' | 'createdAt'>): Promise<NewToken> {
    const { id, token, hash } = mintToken(randomBytes);
    const record: AccessToken = { id, ...fields, createdAt: now().toISOString() };
    await access.saveToken(record, hash);
    onChanged();
    return { token, record };
  }

  /** Another namespace's is as good as none. */
  async function getOwn(by: Principal, id: string): Promise<AccessToken> {
    const found = (await access.listTokens()).find((token) => token.id === id && mayManage(by, token));
    if (found) return found;
    throw new PrecedentError('not-found', `there is no token ${id}: \`precedent token list\` has them all`);
  }

  async function getHolding(by: Principal, id: string): Promise<AccessToken> {
    const found = await getOwn(by, id);
    const standing = standingOf(found, now());
    if (standing === 'holds') return found;
    throw new PrecedentError('not-found', `the token ${id} is ${standing} already: create a new one`);
  }

  async function end(id: string, how: Parameters<AccessStore['endToken']>[1]): Promise<void> {
    await access.endToken(id, how);
    onChanged(id);
  }

  return {
    async create(by, { name, namespace, scopes, expiresInMs }) {
      assertMayGrant(by, { namespace });
      const expiresAt = expiresInMs === undefined ? undefined : new Date(now().getTime() + expiresInMs).toISOString();
      const made = await make({ name, namespace, scopes: [...new Set(scopes)], ...(expiresAt ? { expiresAt } : {}) });
      await audit.record(by, 'token.create', `${made.record.id} (${name})`);
      return made;
    },

    async list(by) {
      return (await access.listTokens()).filter((token) => mayManage(by, token));
    },

    async revoke(by, id) {
      const held = await getHolding(by, id);
      await end(id, { revokedAt: now() });
      await audit.record(by, 'token.revoke', `${id} (${held.name})`);
      return getOwn(by, id);
    },

    async rotate(by, id, graceMs = ROTATION_GRACE_MS) {
      const old = await getHolding(by, id);
      const { name, namespace, scopes } = old;
      const made = await make({ name, namespace, scopes, ...renewedExpiry(old, now()) });
      const until = new Date(now().getTime() + graceMs);
      await end(id, graceMs > 0 ? { expiresAt: until } : { revokedAt: now() });
      await audit.record(by, 'token.rotate', `${id} by ${made.record.id} (${name})`);
      return made;
    },
  };
}

/** As long from now as the old one had from its beginning. */
function renewedExpiry({ createdAt, expiresAt }: AccessToken, at: Date): { expiresAt?: string } {
  if (expiresAt === undefined) return {};
  const lifeMs = Date.parse(expiresAt) - Date.parse(createdAt);
  return { expiresAt: new Date(at.getTime() + lifeMs).toISOString() };
}
