import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { createScriptedSite, type ScriptedSite, type SiteAnswer } from '../../testing/scripted-site.ts';

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** A provider with real keys behind a real HTTP server on loopback. */
export interface IdentityProvider extends AsyncDisposable {
  readonly url: string;
  readonly requests: ScriptedSite['requests'];
  /** A key that the provider signs with; published unless told otherwise. */
  addKey(alg?: string, published?: boolean): Promise<Key>;
  publish(...keys: readonly Key[]): void;
  /** Instead of what it would say; undefined: what it would say, again. */
  say(answer: (path: string) => SiteAnswer | undefined | Promise<SiteAnswer | undefined>): void;
  /** A good token by this key, but for what is told otherwise. */
  sign(key: Key, claims?: Readonly<Record<string, unknown>>, header?: { readonly kid?: string; readonly [name: string]: unknown }): Promise<string>;
}

export const AUDIENCE = 'precedent';

export async function startIdentityProvider(at: () => Date): Promise<IdentityProvider> {
  const published: Key[] = [];
  let special: Parameters<IdentityProvider['say']>[0] = () => undefined;
  let number = 0;
  const site: ScriptedSite = await createScriptedSite(async (path) => (await special(path)) ?? usual(path));
  const json = (body: unknown) => ({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

  function usual(path: string): SiteAnswer | undefined {
    if (path === '/keys') return json({ keys: published.map(({ jwk }) => jwk) });
    if (path === '/.well-known/openid-configuration') return json({ issuer: site.url, jwks_uri: `${site.url}/keys` });
    return undefined;
  }

  return {
    url: site.url,
    requests: site.requests,
    say: (answer) => {
      special = answer;
    },
    async addKey(alg = 'ES256', isPublished = true) {
      const kid = `key-${++number}`;
      const { privateKey, publicKey } = await generateKeyPair(alg);
      const key = { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
      if (isPublished) published.push(key);
      return key;
    },
    publish: (...keys) => {
      published.splice(0, published.length, ...keys);
    },
    sign({ kid, alg, privateKey }, claims = {}, header = {}) {
      const seconds = Math.floor(at().getTime() / 1_000);
      const usualClaims = { iss: site.url, aud: AUDIENCE, sub: 'ana', iat: seconds, exp: seconds + 300 };
      return new SignJWT({ ...usualClaims, ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
    },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}
