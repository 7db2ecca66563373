import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { describeAccessStore } from './access-store.contract.ts';
import { createLibsqlAccess } from './libsql-access.ts';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-access-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

describeAccessStore('libSQL file', async () => createLibsqlAccess({ url: await newUrl() }));
