import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { SHOP } from '../http/__fixtures__/shop.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { findIndexProcess, isGone } from './__fixtures__/serve-process.ts';

let knowledge: KnowledgeFolder;
let data: KnowledgeFolder;
beforeAll(async () => {
  knowledge = await createKnowledgeFolder(SHOP);
  data = await createKnowledgeFolder();
});
afterAll(async () => {
  const index = await findIndexProcess(data.path);
  if (index !== undefined && !(await isGone(index, 0))) process.kill(index, 'SIGKILL');
  await data[Symbol.asyncDispose]();
  await knowledge[Symbol.asyncDispose]();
});

/** `precedent mcp` as a model's host starts it, and all that it said which is no message. */
function start() {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(PROJECT_DIR, 'bin/precedent.js'), 'mcp'],
    env: { PATH: process.env['PATH'] ?? '', DATA_DIR: data.path, KNOWLEDGE_DIR: knowledge.path },
    stderr: 'pipe',
  });
  const noise: string[] = [];
  transport.onerror = (error) => noise.push(error.message);
  return { transport, noise };
}

describe('precedent mcp', () => {
  it('serves the tools over standard input and output, says nothing else there, and ends with its client', async () => {
    const { transport, noise } = start();
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    expect(client.getServerVersion()?.name).toBe('precedent');
    expect((await client.listTools()).tools).toHaveLength(7);

    const found = await client.callTool({ name: 'search_precedents', arguments: { query: 'orders' } });
    expect(found.isError ?? false, JSON.stringify(found.content)).toBe(false);
    const alert = { labels: { alertname: 'OrdersQueueLong', service: 'orders' } };
    const said = await client.callTool({ name: 'diagnose_alert', arguments: alert });
    expect(said.structuredContent).toMatchObject({ status: 'done' });
    expect(await client.callTool({ name: 'get_runbook', arguments: { id: 'no/such' } })).toMatchObject({
      isError: true,
    });

    const { pid } = transport;
    const index = await findIndexProcess(data.path);
    await client.close();
    expect(noise).toEqual([]);
    for (const left of [pid, index]) expect(left && (await isGone(left))).toBe(true);
  });
});
