import { z } from 'zod';
import type { Problem } from '../domain/errors.ts';

const LOOPBACK = /^(?:127\.0\.0\.1|\[?::1\]?|localhost)$/i;

/** Whoever could change what is fetched there could let anybody in. */
const trustedUrl = z
  .string()
  .refine(isSafeUrl, 'must be an https:// URL without user or password; http:// only on this machine');

/** Settings of who may come in: one part of all `Settings`. */
export const AccessSettings = z.object({
  /** `open`: as long as no way in is configured and no token was ever made, everybody may come in. */
  AUTH: z.enum(['open', 'required'], 'must be open or required').default('open'),
  /** As the tokens have it in `iss`, letter by letter. */
  OIDC_ISSUER: trustedUrl.optional(),
  OIDC_AUDIENCE: z.string().optional(),
  /** Where the issuer's keys are; unset: as its discovery document says. */
  OIDC_JWKS_URL: trustedUrl.optional(),
  OIDC_SCOPE_CLAIM: z.string().default('scope'),
  OIDC_NAMESPACE_CLAIM: z.string().default('precedent_namespace'),
  OIDC_NAME_CLAIM: z.string().default('sub'),
  /** Origins of web pages that may read answers, separated by commas. */
  CORS_ORIGINS: z
    .string()
    .refine((text) => originsOf(text).every(isOrigin), 'must be a list of origins, such as https://ops.example.com')
    .optional(),
});
export type AccessSettings = z.infer<typeof AccessSettings>;

export interface AccessConfig {
  readonly mode: AccessSettings['AUTH'];
  /** Absent: tokens of an identity provider open nothing. */
  readonly oidc?: { readonly issuer: string; readonly audience: string; readonly jwksUrl?: string };
  /** Which claims say what. */
  readonly claims: { readonly scope: string; readonly namespace: string; readonly name: string };
  readonly corsOrigins: readonly string[];
}

export function toAccessConfig(settings: AccessSettings): AccessConfig {
  const { OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = settings;
  return {
    mode: settings.AUTH,
    ...(issuer && audience ? { oidc: { issuer, audience, ...(jwksUrl ? { jwksUrl } : {}) } } : {}),
    claims: {
      scope: settings.OIDC_SCOPE_CLAIM,
      namespace: settings.OIDC_NAMESPACE_CLAIM,
      name: settings.OIDC_NAME_CLAIM,
    },
    corsOrigins: originsOf(settings.CORS_ORIGINS),
  };
}

/** Settings that are well by themselves and wrong together; as given, so that all is told at once. */
export function findAccessContradictions(given: Readonly<Record<string, unknown>>): Problem[] {
  const { HOST: host, OIDC_ISSUER: issuer, OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl } = given;
  const problems: Problem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, message });
  if (issuer && !audience) {
    wrong(
      'OIDC_AUDIENCE',
      'is needed when OIDC_ISSUER is set: without it, tokens for other services would open this one',
    );
  }
  for (const [name, value] of Object.entries({ OIDC_AUDIENCE: audience, OIDC_JWKS_URL: jwksUrl })) {
    if (value && !issuer) wrong(name, 'does nothing without OIDC_ISSUER: set that, too, or unset this');
  }
  const hasTokens = /[^\s,]/.test(String(given['API_TOKENS'] ?? '').replace(/\bnone\b/g, ''));
  const isGuarded = hasTokens || Boolean(issuer) || given['AUTH'] === 'required';
  if (typeof host === 'string' && !LOOPBACK.test(host) && !isGuarded) {
    wrong(
      'HOST',
      `${host} can be reached from other machines: set API_TOKENS, OIDC_ISSUER or AUTH=required, or bind to 127.0.0.1`,
    );
  }
  return problems;
}

function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
  return isPrivate && username === '' && password === '';
}

function originsOf(text = ''): string[] {
  return text.split(',').flatMap((word) => word.trim().replace(/\/$/, '') || []);
}

/** A page's scheme, host and port, as browsers send it: no path, no wildcard. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
