import type { Context } from 'hono';
import type { Principal } from '../domain/principal.ts';

declare module 'hono' {
  interface ContextVariableMap {
    /** Set by the authorisation, before any route. */
    principal: Principal;
  }
}

/** Who asks. Throws where no authorisation ran: a route that was mounted outside of it would let everybody in. */
export function principalOf(c: Context): Principal {
  const principal: Principal | undefined = c.get('principal');
  if (!principal) throw new Error(`${c.req.path} is mounted outside the authorisation`);
  return principal;
}
