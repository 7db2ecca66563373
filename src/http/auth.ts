import type { MiddlewareHandler } from 'hono';
import { PrecedentError } from '../domain/errors.ts';
import { LOCAL_OPERATOR, mayDo, type Principal } from '../domain/principal.ts';
import type { Gatekeeper } from '../gatekeeper/gatekeeper.ts';
import { HttpError } from './problem.ts';
import { findRule, listMethods, type RouteRule } from './scopes.ts';

type Keeper = Pick<Gatekeeper, 'identify' | 'isOpen'>;

/**
 * Finds out who asks, for `principalOf`, and whether they may: by the one table of routes. A stranger learns nothing of
 * what exists; whoever is known and may not, learns which scope is missing.
 */
export function authorise(keeper: Keeper): MiddlewareHandler {
  return async (c, next) => {
    const { method, path } = c.req;
    const rule = findRule(method, path);
    if (rule?.need !== 'open' && rule?.need !== 'signed') {
      const principal = await identify(keeper, rule, c.req.header('authorization'), c.req.raw.signal);
      if (principal) {
        if (rule) assertMay(principal, rule);
        else refuseUnlisted(principal, path);
        c.set('principal', principal);
      }
    }
    await next();
  };
}

/** Undefined only for a sender without a token, who must prove themselves otherwise: by the route, which has the body. */
async function identify(
  keeper: Keeper,
  rule: RouteRule | undefined,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<Principal | undefined> {
  if (rule?.need !== 'sender' || authorization !== undefined) return keeper.identify(authorization, signal);
  return (await keeper.isOpen()) ? LOCAL_OPERATOR : undefined;
}

function assertMay(principal: Principal, { method, path, need }: RouteRule): void {
  const scope = need === 'sender' ? 'intake' : need;
  if (scope === 'open' || scope === 'signed' || mayDo(principal, scope)) return;
  throw new PrecedentError('forbidden', `this token may not do that: ${method} ${path} needs the scope ${scope}`);
}

/** What the table does not know is nobody's but an admin's, who is told by the routes what there is. */
function refuseUnlisted(principal: Principal, path: string): void {
  if (mayDo(principal, 'admin')) return;
  const methods = listMethods(path);
  if (methods.length === 0) throw new PrecedentError('not-found', 'there is no such route; see /docs');
  const allow = methods.join(', ');
  throw new HttpError('method-not-allowed', `use ${allow}`, { allow });
}

/** Whether an Authorization header is of somebody who may read, for what a stranger may see in part. Never throws. */
export function createReaderCheck(
  keeper: Pick<Gatekeeper, 'identify'>,
): (header: string | undefined) => Promise<boolean> {
  return async (header) => {
    try {
      return mayDo(await keeper.identify(header), 'read');
    } catch {
      // Whoever cannot be told from a stranger is one.
      return false;
    }
  };
}
