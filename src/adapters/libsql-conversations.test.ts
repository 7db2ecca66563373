import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { describeConversationStore } from './conversation-store.contract.ts';
import { createLibsqlConversations } from './libsql-conversations.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-conversations-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeConversationStore('libSQL file', async () => createLibsqlConversations({ url: await newUrl() }));
