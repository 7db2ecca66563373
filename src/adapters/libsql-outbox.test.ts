import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createLibsqlOutbox } from './libsql-outbox.ts';
import { describeOutbox } from './outbox.contract.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-outbox-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeOutbox('libSQL file', async () => createLibsqlOutbox({ url: await newUrl() }));
