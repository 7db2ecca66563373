import type { AccessToken, AuditEntry } from '../domain/access.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { AccessStore } from '../ports/access.ts';

/** Tokens and audit log in this process's memory: for tests, and for trying things out without leaving a trace. */
export function createMemoryAccess(): AccessStore {
  const tokens = new Map<string, AccessToken>();
  const audit: AuditEntry[] = [];
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
  };
  return {
    async saveToken(token, hash, signal) {
      enter(signal);
      if ([...tokens.values()].some(({ id }) => id === token.id) || tokens.has(hash)) {
        throw new PrecedentError('casebook-unavailable', 'a token of this id or this hash is there: make another');
      }
      tokens.set(hash, structuredClone(token));
    },
    async findToken(hash, signal) {
      enter(signal);
      return structuredClone(tokens.get(hash));
    },
    async listTokens(signal) {
      enter(signal);
      const newestFirst = [...tokens.values()].reverse();
      return structuredClone(newestFirst.sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt)));
    },
    async endToken(id, how, signal) {
      enter(signal);
      const [hash, token] = [...tokens].find(([, one]) => one.id === id && holds(one, how)) ?? [];
      if (hash === undefined || token === undefined) return false;
      tokens.set(hash, ended(token, how));
      return true;
    },
    async hasTokens(signal) {
      enter(signal);
      return tokens.size > 0;
    },
    async addAudit(entry, signal) {
      enter(signal);
      audit.push(structuredClone(entry));
    },
    async listAudit({ namespace, limit, before }, signal) {
      enter(signal);
      return audit
        .map((entry, at) => ({ ...entry, number: at + 1 }))
        .filter((entry) => (namespace ?? entry.namespace) === entry.namespace && entry.number < (before ?? Infinity))
        .reverse()
        .slice(0, limit);
    },
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}

type End = Parameters<AccessStore['endToken']>[1];

function holds({ revokedAt, expiresAt }: AccessToken, how: End): boolean {
  if (revokedAt !== undefined) return false;
  return !('revokedAt' in how) || expiresAt === undefined || expiresAt > how.revokedAt.toISOString();
}

/** An end that comes earlier stays. */
function ended(token: AccessToken, how: End): AccessToken {
  if ('revokedAt' in how) return { ...token, revokedAt: how.revokedAt.toISOString() };
  const expiresAt = how.expiresAt.toISOString();
  const isEarlier = token.expiresAt !== undefined && token.expiresAt <= expiresAt;
  return isEarlier ? token : { ...token, expiresAt };
}
