import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { type Served, serve } from './__fixtures__/serve.ts';

const readExample = (path: string): unknown => JSON.parse(readFileSync(join(PROJECT_DIR, 'examples', path), 'utf8'));

const TOOLS = [
  'diagnose_alert',
  'digest_traces',
  'get_incident',
  'get_runbook',
  'search_precedents',
  'search_runbooks',
  'service_impact',
];

let served: Served;
beforeAll(async () => {
  served = await serve();
  await served.app.ingest();
});
afterAll(() => served[Symbol.asyncDispose]());

async function connect(mode: 'legacy' | 'modern', headers: Record<string, string> = {}): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: mode === 'legacy' ? 'legacy' : { pin: '2026-07-28' } } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(`${served.url}/mcp`), { requestInit: { headers } }));
  return client;
}

for (const mode of ['legacy', 'modern'] as const) {
  describe(`the tools, for a client of the ${mode} revision`, () => {
    let client: Client;
    beforeAll(async () => {
      client = await connect(mode);
    });
    afterAll(() => client.close());

    /** What a tool answers as data; the client itself has held it against the output schema. */
    const call = async (name: string, args: Record<string, unknown>) => {
      const { structuredContent, content, isError } = await client.callTool({ name, arguments: args });
      expect(isError ?? false, JSON.stringify(content)).toBe(false);
      return structuredContent as Record<string, unknown>;
    };
    const refusal = async (name: string, args: Record<string, unknown>) => {
      const { isError, content } = await client.callTool({ name, arguments: args });
      expect(isError).toBe(true);
      return JSON.stringify(content);
    };

    it('are seven, look only, and say the shape of their answers', async () => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS);
      for (const tool of tools) {
        expect(tool.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false });
        expect(tool.outputSchema).toBeDefined();
        expect(tool.description).toBeTruthy();
      }
    });

    it('find past incidents and runbooks, and read them whole', async () => {
      const found = await call('search_precedents', { query: 'ensemble queue backed up', k: 3 });
      const [incident] = found['results'] as { id: string; kind: string }[];
      expect(incident?.kind).toBe('incident');
      expect(await call('get_incident', { id: incident?.id })).toMatchObject({ kind: 'incident', id: incident?.id });
      // As a diagnosis cites it.
      expect(await call('get_incident', { id: `incident:${incident?.id}` })).toMatchObject({ id: incident?.id });
      const runbooks = await call('search_runbooks', { query: 'EnsembleQueueBacklog' });
      expect(runbooks['results']).toMatchObject([{ id: 'ensemble/EnsembleQueueBacklog' }, {}, {}, {}, {}]);
      expect(await call('get_runbook', { id: 'ensemble/EnsembleQueueBacklog' })).toMatchObject({ kind: 'runbook' });
    });

    it('diagnose an alert, and keep the diagnosis under its id', async () => {
      const labels = { alertname: 'PreProcessorLatencyHigh', service: 'pre-processor' };
      const said = await call('diagnose_alert', { labels });
      expect(said).toMatchObject({ status: 'done', diagnosis: { engine: 'precedent' } });
      const kept = await fetch(`${served.url}/v1/diagnoses/${said['id']}`);
      expect(kept.status).toBe(200);
    });

    it('say what two windows of traces say', async () => {
      const windows = { baseline: readExample('traces/normal.json'), incident: readExample('traces/spiked.json') };
      const digest = await call('digest_traces', windows);
      expect(digest['healthy']).toBe(false);
      expect((digest['suspects'] as { service: string }[])[0]?.service).toBe('pre-processor');
    });

    it('tell what stands and falls with a service', async () => {
      const impact = await call('service_impact', { service: 'Pre-Processor' });
      expect(impact).toMatchObject({ service: { name: 'pre-processor' } });
      const spoken = await call('service_impact', { service: 'pre processor' });
      expect(spoken).toMatchObject({ service: { name: 'pre-processor' } });
      expect(impact['impacts']).toContainEqual({ service: 'load-generator', hops: 2 });
    });

    it('tell a model how to mend a call', async () => {
      expect(await refusal('get_runbook', { id: 'no/such' })).toContain('not-found');
      expect(await refusal('service_impact', { service: 'processor' })).toContain('pre-processor');
      expect(await refusal('service_impact', { service: 'checkout' })).toContain('it knows load-generator, web-server');
      expect(await refusal('diagnose_alert', {})).toMatch(/labels or annotations .* top level/);
      expect(await refusal('search_precedents', { query: '' })).toMatch(/query/);
    });
  });
}
