import type { AccessToken } from '../domain/access.ts';
import { PrecedentError } from '../domain/errors.ts';
import { EVERY_NAMESPACE, maySee, type Principal } from '../domain/principal.ts';

/** Whether it is this principal's to list, to revoke or to rotate. */
export function mayManage(principal: Principal, { namespace }: Pick<AccessToken, 'namespace'>): boolean {
  return maySee(principal, namespace);
}

/**
 * Nobody hands on more than they have: who manages one namespace makes tokens for that one only. Within it `admin` may
 * hand on every scope, as it may do everything there. Throws `forbidden`.
 */
export function assertMayGrant(principal: Principal, { namespace }: Pick<AccessToken, 'namespace'>): void {
  if (mayManage(principal, { namespace })) return;
  const asked = namespace === EVERY_NAMESPACE ? 'every namespace' : `the namespace ${namespace}`;
  throw new PrecedentError(
    'forbidden',
    `a token for ${asked} would reach further than yours: ask for one in ${principal.namespace}`,
  );
}
