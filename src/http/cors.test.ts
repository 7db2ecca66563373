import { describe, expect, it } from 'vitest';
import { serveGuarded } from './__fixtures__/guarded.ts';

const PAGE = 'https://ops.example.com';
const routes: Parameters<typeof serveGuarded>[0] = (api) => {
  api.get('/v1/status', (c) => c.json({}));
};
const preflight = (url: string, origin: string) =>
  fetch(`${url}/v1/search`, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    },
  });
const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

describe('pages of other origins', () => {
  it('get no permission at all unless one is configured, not even to ask for it', async () => {
    await using served = await serveGuarded(routes, { apiTokens: ['secret'] });
    const asked = await preflight(served.url, PAGE);
    expect([asked.status, allowed(asked)]).toEqual([401, null]);
    const headers = { origin: PAGE, authorization: 'Bearer secret' };
    const read = await fetch(`${served.url}/v1/status`, { headers });
    expect([allowed(read), read.headers.get('vary')]).toEqual([null, null]);
  });

  it('that are configured may ask without a token, call with one, and read problems too', async () => {
    await using served = await serveGuarded(routes, { apiTokens: ['secret'], origins: [PAGE] });
    const asked = await preflight(served.url, PAGE);
    expect([asked.status, allowed(asked)]).toEqual([204, PAGE]);
    expect(asked.headers.get('access-control-allow-headers')).toContain('authorization');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const refused = await fetch(`${served.url}/v1/status`, { headers: { origin: PAGE } });
    expect([refused.status, allowed(refused)]).toEqual([401, PAGE]);
    const read = await fetch(`${served.url}/v1/status`, { headers: { origin: PAGE, authorization: 'Bearer secret' } });
    expect([read.status, allowed(read)]).toEqual([200, PAGE]);
    expect(read.headers.get('access-control-expose-headers')).toContain('etag');
    expect(read.headers.get('vary')).toContain('Origin');
  });

  it('that are others get what they got before, whatever they look like', async () => {
    await using served = await serveGuarded(routes, { apiTokens: ['secret'], origins: [PAGE] });
    for (const origin of ['https://example.com', `${PAGE}.example.net`, 'http://ops.example.com', 'null']) {
      const asked = await preflight(served.url, origin);
      expect([asked.status, allowed(asked)], origin).toEqual([401, null]);
    }
    const plain = await fetch(`${served.url}/v1/status`, { headers: { authorization: 'Bearer secret' } });
    expect([allowed(plain), plain.headers.get('vary')]).toEqual([null, 'Origin']);
  });
});
