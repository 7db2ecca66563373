import { PrecedentError } from '../domain/errors.ts';
import { DEFAULT_NAMESPACE, EVERY_NAMESPACE, Namespace, type Principal, Scope } from '../domain/principal.ts';

/** Which claims of an identity provider's token say what. */
export interface ClaimNames {
  readonly scope: string;
  readonly namespace: string;
  readonly name: string;
}

type Claims = Readonly<Record<string, unknown>>;

/** The audit log shows it; a provider may let people choose theirs. */
const MAX_NAME = 200;

/** Who a verified token speaks for. Throws `forbidden` where its namespace cannot be made out: nobody is put elsewhere. */
export function principalOfClaims(
  { subject, claims }: { readonly subject: string; readonly claims: Claims },
  names: ClaimNames,
): Principal {
  const scopes = scopesOf(findClaim(claims, names.scope));
  const namespace = namespaceOf(findClaim(claims, names.namespace), names.namespace);
  if (namespace === EVERY_NAMESPACE && !scopes.includes('admin')) {
    throw new PrecedentError('forbidden', `only who has the scope admin may have * as the claim ${names.namespace}`);
  }
  const name = findClaim(claims, names.name);
  return { name: `oidc:${toLine(typeof name === 'string' && name !== '' ? name : subject)}`, namespace, scopes };
}

/** `precedent:read intake`, or a list of such words; what is no scope of ours is for somebody else. */
function scopesOf(claim: unknown): Scope[] {
  const words = typeof claim === 'string' ? claim.split(/\s+/) : Array.isArray(claim) ? claim : [];
  const scopes = words.flatMap((word) => {
    const { data } = Scope.safeParse(typeof word === 'string' ? word.replace(/^precedent:/, '') : undefined);
    return data ?? [];
  });
  return [...new Set(scopes)];
}

function namespaceOf(claim: unknown, name: string): string {
  const said = Array.isArray(claim) && claim.length === 1 ? claim[0] : claim;
  if (said === undefined || said === null) return DEFAULT_NAMESPACE;
  if (said === EVERY_NAMESPACE) return EVERY_NAMESPACE;
  const { data } = Namespace.safeParse(said);
  if (data !== undefined) return data;
  throw new PrecedentError('forbidden', `the claim ${name} must be one namespace: a DNS label, such as team-a`);
}

/** A claim by its name, which may be a URL; where there is none such, by a path: `realm_access.roles`. */
function findClaim(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), claims);
}

function isRecord(value: unknown): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toLine(text: string): string {
  return text
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_NAME);
}
