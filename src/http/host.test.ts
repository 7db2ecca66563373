import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { serve } from './__fixtures__/serve.ts';
import { Unreadiness } from './routes/health.ts';

/** fetch sets Host by itself; an attacker's page does not ask. */
function statusFor(url: string, host: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers: { ...headers, host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end();
  });
}

describe('a server that trusts everybody on this machine', () => {
  it.each([
    ['127.0.0.1', 200],
    ['localhost:8787', 200],
    ['[::1]:8787', 200],
    ['rebound.example', 421],
    ['127.0.0.1.rebound.example', 421],
  ])('when spoken to as %s answers %i', async (host, status) => {
    await using server = await serve();
    expect(await statusFor(`${server.url}/healthz`, host)).toBe(status);
  });

  it('goes by tokens, not by names, where there are tokens', async () => {
    await using server = await serve({ API_TOKENS: 'secret' });
    expect(await statusFor(`${server.url}/healthz`, 'precedent.example')).toBe(200);
  });

  it('tells a probe without a token what is down, and nothing about where it is', async () => {
    await using server = await serve({ API_TOKENS: 'secret' });
    const details = async (headers: Record<string, string>) => {
      const answer: unknown = await (await fetch(`${server.url}/readyz`, { headers })).json();
      return Unreadiness.parse(answer).checks.map(({ detail }) => detail);
    };
    expect(new Set(await details({}))).toEqual(new Set(['well', 'not well']));
    expect((await details({ authorization: 'Bearer secret' })).join(' ')).toContain('precedent ingest');
  });
});
