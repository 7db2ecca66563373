import { z } from 'zod';
import { Namespace, Scope } from './principal.ts';

/** What a token is for, in a few words: lists and the audit log show it. */
export const TokenName = z
  .string()
  .trim()
  .regex(/^[\w.@:-][\w.@: -]{0,99}$/, 'must be at most 100 letters, digits, spaces and . _ @ : -');
export type TokenName = z.infer<typeof TokenName>;

/** A bearer token without the token itself, which nobody keeps. */
export const AccessToken = z.object({
  id: z.string(),
  name: z.string(),
  namespace: z.union([Namespace, z.literal('*')]),
  scopes: z.array(Scope).min(1),
  createdAt: z.iso.datetime(),
  /** Absent: it holds until it is revoked. */
  expiresAt: z.iso.datetime().optional(),
  revokedAt: z.iso.datetime().optional(),
});
export type AccessToken = Readonly<z.infer<typeof AccessToken>>;

/** Somebody changed something. */
export const AuditEntry = z.object({
  at: z.iso.datetime(),
  /** Token, subject or command. */
  who: z.string(),
  namespace: z.string(),
  /** `verdict.give`, `token.create` … */
  action: z.string(),
  /** What it was done to: an id, never a secret. */
  target: z.string(),
});
export type AuditEntry = Readonly<z.infer<typeof AuditEntry>>;
