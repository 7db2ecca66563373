import { z } from 'zod';

/** What a caller may do: hand in alerts, read and ask, judge diagnoses, and everything else. */
export const Scope = z.enum(['intake', 'read', 'verdict', 'admin']);
export type Scope = z.infer<typeof Scope>;

/** Keeps the alerts, the diagnoses and the conversations of one team apart from those of others. The knowledge is shared. */
export const Namespace = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be a DNS label: letters a to z, digits and dashes, at most 63',
  );
export type Namespace = z.infer<typeof Namespace>;

/** Where everything is that belongs to no team. */
export const DEFAULT_NAMESPACE = 'default';

/** Of a principal that belongs to no team: it sees all of them. */
export const EVERY_NAMESPACE = '*';

/** Who asks. */
export interface Principal {
  /** For the audit log: the name of a token, or the subject of an identity provider. */
  readonly name: string;
  /** A namespace, or `EVERY_NAMESPACE`. */
  readonly namespace: string;
  readonly scopes: readonly Scope[];
}

/** Who asks where nobody has to say who they are, and commands on the machine itself. */
export const LOCAL_OPERATOR: Principal = { name: 'local', namespace: EVERY_NAMESPACE, scopes: ['admin'] };

/** `admin` may do everything, and whoever may judge a diagnosis or hand in alerts may not therefore read. */
export function mayDo({ scopes }: Principal, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}

export function maySee(principal: Pick<Principal, 'namespace'>, namespace: string | undefined): boolean {
  return principal.namespace === EVERY_NAMESPACE || principal.namespace === (namespace ?? DEFAULT_NAMESPACE);
}

/** Where what this principal hands in is kept. */
export function homeOf({ namespace }: Pick<Principal, 'namespace'>): string {
  return namespace === EVERY_NAMESPACE ? DEFAULT_NAMESPACE : namespace;
}
