import type { Context, MiddlewareHandler } from 'hono';
import type { Principal } from '../domain/principal.ts';
import type { AuditLog } from '../gatekeeper/audit-log.ts';
import { findRule } from './scopes.ts';

/** What a route tells of what it did, where the table of routes does not. */
export interface Deed {
  readonly action?: string;
  /** An id, never a secret. */
  readonly target?: string;
  /** Where a signature was the authorisation: by whom. */
  readonly who?: Pick<Principal, 'name' | 'namespace'>;
}

declare module 'hono' {
  interface ContextVariableMap {
    deed: Deed;
  }
}

/** A route says what it did, or whom it was for; written down once the answer is known to be good. */
export function noteDeed(c: Context, deed: Deed): void {
  c.set('deed', deed);
}

/** Writes an audit entry for what changed something: routes with an `action` in the table, and deeds that were noted. */
export function auditWrites(audit: Pick<AuditLog, 'record'>): MiddlewareHandler {
  return async (c, next) => {
    await next();
    const noted: Deed | undefined = c.get('deed');
    const rule = findRule(c.req.method, c.req.path);
    const action = noted?.action ?? rule?.action;
    const who: Deed['who'] = noted?.who ?? c.get('principal');
    if (action === undefined || who === undefined || c.res.status >= 400) return;
    await audit.record(who, action, noted?.target ?? rule?.subject ?? c.req.path);
  };
}
