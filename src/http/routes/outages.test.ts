import { describe, expect, it } from 'vitest';
import { outageCommand } from '../../cli/outage.ts';
import { Outage } from '../../domain/outage.ts';
import type { Principal } from '../../domain/principal.ts';
import { openIntakeWith, resolve, SHOP } from '../../intake-desk/__fixtures__/outage-in-progress.ts';
import { createOutages } from '../../intake-desk/outages.ts';
import { mount } from '../__fixtures__/mount.ts';
import { readProblem } from '../__fixtures__/serve.ts';
import { addOutageRoutes } from './outages.ts';

const SERVICES = ['payment', 'checkout', 'mail'];

async function open(principal?: Principal) {
  const intake = await openIntakeWith(SERVICES);
  const outages = createOutages({ intake, graph: async () => SHOP });
  const served = await mount((api) => addOutageRoutes(api, { outages }), principal);
  return { intake, outages, served };
}

describe('GET /v1/outages', () => {
  it('lists the newest outages', async () => {
    const { served } = await open();
    await using server = served;
    expect(await (await fetch(`${server.url}/v1/outages`)).json()).toMatchObject({
      outages: [{ id: 'outage-1', status: 'open', memberCount: 2 }],
    });
  });

  it.each(['0', '201', 'x', '1.5'])('takes no limit of %s', async (limit) => {
    const { served } = await open();
    await using server = served;
    const { status, errors } = await readProblem(await fetch(`${server.url}/v1/outages?limit=${limit}`));
    expect({ status, errors }).toEqual({
      status: 400,
      errors: [{ path: 'limit', message: 'must be a whole number from 1 to 200' }],
    });
  });
});

describe('GET /v1/outages/{id}', () => {
  it('tells of one, and of nothing new when nothing has changed', async () => {
    const { intake, served } = await open();
    await using server = served;
    const ask = (headers = {}) => fetch(`${server.url}/v1/outages/outage-1`, { headers });
    const first = await ask();
    expect(Outage.parse(await first.json())).toMatchObject({ commonSuspect: { service: 'payment' } });
    const tag = first.headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    const again = await ask({ 'if-none-match': tag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    await resolve(intake, 'payment', 0, 60);
    const changed = await ask({ 'if-none-match': tag });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(tag);
  });

  it('is 404 for what is not there, and for what is of another team', async () => {
    const { served } = await open({ name: 'b', namespace: 'team-b', scopes: ['read'] });
    await using server = served;
    for (const id of ['none', 'outage-1']) {
      const problem = await readProblem(await fetch(`${server.url}/v1/outages/${id}`));
      expect(problem).toMatchObject({ status: 404, type: 'urn:precedent:problem:not-found' });
    }
    expect(await (await fetch(`${server.url}/v1/outages`)).json()).toEqual({ outages: [] });
  });
});

describe('precedent outage', () => {
  async function run(id: string | undefined, json = false) {
    const { outages, served } = await open();
    await served[Symbol.asyncDispose]();
    let text = '';
    const write = (more: string) => {
      text += more;
    };
    const code = await outageCommand(outages, id, { json }, { write, signal: new AbortController().signal });
    return { code, text };
  }

  it('shows one with its members and why each is in it', async () => {
    const { code, text } = await run('outage-1');
    expect(code).toBe(0);
    expect(text).toMatch(/open.*outage-1/);
    expect(text).toMatch(/payment.*which would explain 100 %/);
    expect(text).toContain('web (1), mobile (2)');
    expect(text).toMatch(/of checkout: checkout calls payment/);
  });

  it('lists the newest without an id, and both as JSON for machines', async () => {
    expect((await run(undefined)).text).toMatch(/outage-1[\s\S]*2 alerts in 2 groups/);
    expect(JSON.parse((await run(undefined, true)).text)).toMatchObject({ outages: [{ id: 'outage-1' }] });
    expect(Outage.parse(JSON.parse((await run('outage-1', true)).text)).id).toBe('outage-1');
  });
});
