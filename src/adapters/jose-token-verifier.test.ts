import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VerifyToken } from '../ports.ts';
import { AUDIENCE, type IdentityProvider, startIdentityProvider } from './__fixtures__/identity-provider.ts';
import { createJoseTokenVerifier, type TokenVerifierOptions } from './jose-token-verifier.ts';

let provider: IdentityProvider;
let later = 0;
const now = () => new Date(Date.now() + later);

beforeEach(async () => {
  later = 0;
  provider = await startIdentityProvider(now);
});
afterEach(() => provider[Symbol.asyncDispose]());

function verifier(over: Partial<TokenVerifierOptions> = {}): VerifyToken {
  return createJoseTokenVerifier({ issuer: provider.url, audience: AUDIENCE, now, timeoutMs: 500, ...over });
}

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const refused = (why: RegExp) => ({ code: 'unauthorised', message: expect.stringMatching(why) });
const keyRequests = () => provider.requests.filter(({ path }) => path === '/keys').length;

describe('a token of an identity provider', () => {
  it.each(['ES256', 'RS256', 'PS256', 'EdDSA'])(
    'signed by %s is read, with the keys found by discovery',
    async (alg) => {
      const token = await provider.sign(await provider.addKey(alg), { scope: 'read' });
      expect(await verifier()(token)).toMatchObject({ subject: 'ana', claims: { scope: 'read', iss: provider.url } });
      expect(provider.requests.map(({ path }) => path)).toEqual(['/.well-known/openid-configuration', '/keys']);
    },
  );

  it('has its keys fetched once, however many come, and from where the settings say', async () => {
    const token = await provider.sign(await provider.addKey());
    const verify = verifier({ jwksUrl: `${provider.url}/keys` });
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    await verify(token);
    expect(provider.requests.map(({ path }) => path)).toEqual(['/keys']);
  });

  it.each([
    [{ aud: 'another-service' }, /OIDC_AUDIENCE/],
    [{ aud: undefined }, /OIDC_AUDIENCE/],
    [{ iss: 'https://id.example.com' }, /OIDC_ISSUER/],
    [{ exp: 1 }, /expired/],
    [{ exp: undefined }, /until when it holds/],
    [{ nbf: 99_999_999_999 }, /not hold yet/],
    [{ sub: undefined }, /no subject/],
    [{ sub: '' }, /no subject/],
  ])('is refused with %j, and told why', async (claims, why) => {
    const token = await provider.sign(await provider.addKey(), claims);
    await expect(verifier()(token)).rejects.toMatchObject(refused(why));
  });

  it('may be for several services, and a minute early or late', async () => {
    const key = await provider.addKey();
    const seconds = Math.floor(now().getTime() / 1_000);
    await verifier()(await provider.sign(key, { aud: ['other', AUDIENCE] }));
    await verifier()(await provider.sign(key, { exp: seconds - 50, nbf: seconds + 50 }));
    const late = await provider.sign(key, { exp: seconds - 70 });
    await expect(verifier()(late)).rejects.toMatchObject(refused(/expired/));
  });

  it('cannot do without a signature', async () => {
    const [, payload] = (await provider.sign(await provider.addKey())).split('.');
    for (const alg of ['none', 'None', '']) {
      await expect(verifier()(`${base64({ alg })}.${payload}.`)).rejects.toMatchObject(refused(/algorithm|valid JWT/));
    }
    expect(provider.requests).toEqual([]);
  });

  it('cannot be signed with the public key, which everybody has', async () => {
    const key = await provider.addKey('RS256');
    const [, payload] = (await provider.sign(key)).split('.');
    // A key that was imported from a key pair's JWK is no secret, hence a CryptoKey.
    const pem = await exportSPKI((await importJWK(key.jwk, 'RS256')) as Parameters<typeof exportSPKI>[0]);
    for (const secret of [pem, JSON.stringify(key.jwk)]) {
      const head = `${base64({ alg: 'HS256', kid: key.kid })}.${payload}`;
      const token = `${head}.${createHmac('sha256', secret).update(head).digest('base64url')}`;
      await expect(verifier()(token)).rejects.toMatchObject(refused(/algorithm must be one of/));
    }
  });

  it('cannot bring its own key', async () => {
    await provider.addKey();
    const own = await provider.addKey('ES256', false);
    const header = { jwk: own.jwk, jku: `${provider.url}/other-keys`, kid: 'key-1' };
    const forged = await provider.sign(own, {}, header);
    await expect(verifier()(forged)).rejects.toMatchObject(refused(/none of the keys/));
    expect(provider.requests.map(({ path }) => path)).not.toContain('/other-keys');
  });

  it('changed by one character fits no key', async () => {
    const [head, , signature] = (await provider.sign(await provider.addKey())).split('.');
    const payload = base64({ iss: provider.url, aud: AUDIENCE, sub: 'root', exp: 99_999_999_999 });
    await expect(verifier()(`${head}.${payload}.${signature}`)).rejects.toMatchObject(refused(/none of the keys/));
  });

  it.each(['a.b.c', '..', 'eyJhbGciOiJFUzI1NiJ9..', `${base64({ alg: 'ES256', crit: ['x'], x: 1 })}.e30.AA`])(
    'that is none is refused: %s',
    async (token) => {
      await provider.addKey();
      await expect(verifier()(token)).rejects.toMatchObject({ code: 'unauthorised' });
    },
  );
});

describe('keys of an identity provider', () => {
  it('change: a new one is fetched when it is first seen, but not for every made-up name', async () => {
    const verify = verifier({ cooldownMs: 0 });
    await verify(await provider.sign(await provider.addKey()));
    await verify(await provider.sign(await provider.addKey()));
    expect(keyRequests()).toBe(2);
    const calm = verifier();
    const stranger = await provider.addKey('ES256', false);
    for (let count = 0; count < 5; count++) {
      const token = await provider.sign(stranger, {}, { kid: `made-up-${count}` });
      await expect(calm(token)).rejects.toMatchObject(refused(/none of the keys/));
    }
    expect(keyRequests()).toBe(3);
  });

  it('that the provider took back open nothing ten minutes later', async () => {
    const [old, next] = [await provider.addKey(), await provider.addKey()];
    const verify = verifier();
    const token = () => provider.sign(old);
    await verify(await token());
    provider.publish(next);
    await verify(await token());
    later = 601_000;
    // The first to come notices that it is time, and does not wait for it.
    await verify(await token());
    await expect.poll(keyRequests).toBe(2);
    await expect.poll(async () => verify(await token()).catch((error) => error.code)).toBe('unauthorised');
  });

  it('go on while the provider is away, once they are known', async () => {
    const verify = verifier();
    const key = await provider.addKey();
    await verify(await provider.sign(key));
    provider.say(() => ({ status: 500 }));
    later = 601_000;
    expect(await verify(await provider.sign(key))).toMatchObject({ subject: 'ana' });
    await expect.poll(() => provider.requests.length).toBeGreaterThan(2);
    expect(await verify(await provider.sign(key))).toMatchObject({ subject: 'ana' });
  });

  it.each([
    ['fails', () => ({ status: 500 }), /answers 500/],
    ['redirects', () => ({ status: 302, headers: { location: '/keys' } }), /answers 302/],
    ['says no JSON', () => ({ body: '<html>' }), /no JSON/],
    ['says too much', () => ({ body: `"${'x'.repeat(1_100_000)}"` }), /larger than 1 MiB/],
    ['is silent', () => new Promise<undefined>(() => {}), /too long/],
  ])('that cannot be had are no fault of who asks: the provider %s', async (_what, answer, why) => {
    const token = await provider.sign(await provider.addKey());
    provider.say(answer);
    const verify = verifier({ timeoutMs: 150 });
    await expect(verify(token)).rejects.toMatchObject({
      code: 'identity-unavailable',
      message: expect.stringMatching(why),
    });
    const asked = provider.requests.length;
    await expect(verify(token)).rejects.toMatchObject({ code: 'identity-unavailable' });
    expect(provider.requests.length, 'asked again at once').toBe(asked);
    provider.say(() => undefined);
    later = 6_000;
    expect(await verify(token)).toMatchObject({ subject: 'ana' });
  });

  it('are not believed when they are none, or discovery is of another issuer', async () => {
    const token = await provider.sign(await provider.addKey());
    provider.say((path) => (path === '/keys' ? { body: '{"keys":"none"}' } : undefined));
    await expect(verifier()(token)).rejects.toMatchObject({ code: 'identity-unavailable' });
    provider.say(() => ({
      body: JSON.stringify({ issuer: 'https://id.example.com', jwks_uri: `${provider.url}/keys` }),
    }));
    const error = { code: 'identity-unavailable', message: expect.stringContaining('set OIDC_ISSUER') };
    await expect(verifier()(token)).rejects.toMatchObject(error);
  });

  it('are waited for no longer than whoever asks', async () => {
    const token = await provider.sign(await provider.addKey());
    provider.say(() => new Promise(() => {}));
    const leaving = new AbortController();
    const asked = verifier()(token, leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(asked).rejects.toThrow('gone');
  });
});
