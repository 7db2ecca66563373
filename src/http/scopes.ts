import type { Scope } from '../domain/principal.ts';

type Method = 'GET' | 'POST' | 'DELETE';

/**
 * What a caller must have:
 * - a scope;
 * - `open`: nothing, for probes, browsers and generators of clients;
 * - `signed`: a signature over the body, which the route checks;
 * - `sender`: the scope `intake`, or a proof that the route checks where the request has no token.
 */
export type Need = Scope | 'open' | 'signed' | 'sender';

export interface RouteRule {
  readonly method: Method;
  /** As the OpenAPI document has it. */
  readonly path: string;
  readonly need: Need;
  /** What the audit log calls it once it is done. */
  readonly action?: string;
  /** The last parameter may hold slashes. */
  readonly isDeep?: boolean;
}

const rule = (method: Method, need: Need, path: string, rest: Partial<RouteRule> = {}): RouteRule => ({
  method,
  path,
  need,
  ...rest,
});

/** Every route. One that is missing here is for `admin` alone. */
export const ROUTE_RULES: readonly RouteRule[] = [
  ...['/', '/healthz', '/readyz', '/openapi.json', '/docs', '/docs/', '/docs/{file}'].map((path) =>
    rule('GET', 'open', path),
  ),

  rule('POST', 'sender', '/v1/intake/{sender}'),

  rule('POST', 'read', '/v1/diagnoses'),
  rule('GET', 'read', '/v1/diagnoses/{id}'),
  rule('GET', 'read', '/v1/diagnoses/{id}/events'),
  rule('GET', 'read', '/v1/diagnoses/{id}/postmortem'),
  rule('GET', 'read', '/v1/diagnoses/{id}/verdict'),
  rule('POST', 'verdict', '/v1/diagnoses/{id}/verdict', { action: 'verdict.give' }),
  rule('DELETE', 'verdict', '/v1/diagnoses/{id}/verdict', { action: 'verdict.withdraw' }),
  rule('GET', 'read', '/v1/outages'),
  rule('GET', 'read', '/v1/outages/{id}'),
  rule('POST', 'read', '/v1/ask'),
  rule('GET', 'read', '/v1/search'),
  rule('POST', 'read', '/v1/search'),
  rule('POST', 'read', '/v1/traces/digest'),
  rule('GET', 'read', '/v1/snapshots/{key}'),
  rule('GET', 'read', '/v1/incidents/{id}', { isDeep: true }),
  rule('GET', 'read', '/v1/runbooks/{id}', { isDeep: true }),
  rule('GET', 'read', '/v1/topology'),
  rule('GET', 'read', '/v1/status'),
  rule('GET', 'read', '/v1/reports/coverage'),
  rule('GET', 'read', '/v1/reports/calibration'),
  rule('GET', 'read', '/v1/noise-rules'),
  rule('POST', 'read', '/v1/noise-rules/dry-run'),
  rule('GET', 'read', '/mcp'),
  rule('POST', 'read', '/mcp'),
  rule('DELETE', 'read', '/mcp'),

  rule('GET', 'admin', '/v1/deliveries'),
  rule('POST', 'admin', '/v1/deliveries/{id}/retry', { action: 'delivery.retry' }),
  // The desk for tokens writes its own entries: it knows which token came of it.
  rule('GET', 'admin', '/v1/tokens'),
  rule('POST', 'admin', '/v1/tokens'),
  rule('DELETE', 'admin', '/v1/tokens/{id}'),
  rule('POST', 'admin', '/v1/tokens/{id}/rotate'),
  rule('GET', 'admin', '/v1/audit'),

  rule('POST', 'signed', '/v1/hooks/git'),
  rule('POST', 'signed', '/v1/slack/commands'),
  rule('POST', 'signed', '/v1/slack/interactions'),
];

export interface MatchedRule extends RouteRule {
  /** The value of the last parameter: what the route is about. */
  readonly subject?: string;
}

/** The rule of a request, or undefined. A HEAD is a GET of which nobody wants the body. */
export function findRule(method: string, path: string): MatchedRule | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  return listRules(path).find((found) => found.method === asked);
}

/** What may be done at a path; none for a path that is no route. */
export function listMethods(path: string): string[] {
  const methods = listRules(path).flatMap((found) => (found.method === 'GET' ? ['GET', 'HEAD'] : [found.method]));
  return [...new Set(methods)];
}

function listRules(path: string): MatchedRule[] {
  const parts = path.split('/');
  return ROUTE_RULES.flatMap((found) => {
    const values = matchPath(found, parts);
    const subject = values?.at(-1);
    return values === undefined ? [] : [{ ...found, ...(subject === undefined ? {} : { subject }) }];
  });
}

/** The values of the parameters, or undefined where the path is another. */
function matchPath({ path, isDeep }: RouteRule, parts: readonly string[]): string[] | undefined {
  const pattern = path.split('/');
  const last = pattern.length - 1;
  if (isDeep ? parts.length <= last : parts.length !== pattern.length) return undefined;
  const given = isDeep ? [...parts.slice(0, last), parts.slice(last).join('/')] : parts;
  const isParameter = (at: number) => pattern[at]?.startsWith('{') === true;
  const fits = given.every((part, at) => (isParameter(at) ? part !== '' : part === pattern[at]));
  return fits ? given.filter((_part, at) => isParameter(at)) : undefined;
}
