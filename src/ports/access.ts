import type { AccessToken, AuditEntry } from '../domain/access.ts';

/** Who may come in, and who changed what. Errors: `casebook-unavailable` (retryable). */
export interface AccessStore extends AsyncDisposable {
  /** `hash` is what the token can be told by; it is unique. */
  saveToken(token: AccessToken, hash: string, signal?: AbortSignal): Promise<void>;
  findToken(hash: string, signal?: AbortSignal): Promise<AccessToken | undefined>;
  /** Newest first, also those that hold no more. */
  listTokens(signal?: AbortSignal): Promise<AccessToken[]>;
  /** False when there is none of this id that holds: revoked, or expired by the time at which it is revoked. An earlier end stays. */
  endToken(
    id: string,
    how: { readonly revokedAt: Date } | { readonly expiresAt: Date },
    signal?: AbortSignal,
  ): Promise<boolean>;
  /** Whether any token was ever made. */
  hasTokens(signal?: AbortSignal): Promise<boolean>;
  /** Entries are only ever added. */
  addAudit(entry: AuditEntry, signal?: AbortSignal): Promise<void>;
  /** The newest first, of one namespace or all; `before` is an entry's number. */
  listAudit(
    filter: { readonly namespace?: string; readonly limit: number; readonly before?: number },
    signal?: AbortSignal,
  ): Promise<readonly (AuditEntry & { readonly number: number })[]>;
}

/** What an identity provider's token says, once its signature, its issuer, its audience and its time are found to be right. */
export interface VerifiedClaims {
  readonly subject: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Errors: `unauthorised`, and `identity-unavailable` (retryable) where the provider's keys cannot be had. */
export type VerifyToken = (token: string, signal?: AbortSignal) => Promise<VerifiedClaims>;
