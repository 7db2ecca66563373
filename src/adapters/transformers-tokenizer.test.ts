import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { preparationOf } from './transformers-preparation.ts';
import { loadTokenizer } from './transformers-tokenizer.ts';

const BUNDLED = fileURLToPath(new URL('../../models/runbook-embed-small', import.meta.url));
const PREPARATION = preparationOf('runbook-embed-small');

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-tokenizer-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** The bundled model's folder with one of its files replaced, or without it. */
async function copyWith(file: string, content: string | undefined): Promise<string> {
  const folder = await mkdtemp(path.join(scratch, 'model-'));
  await cp(BUNDLED, folder, { recursive: true });
  await rm(path.join(folder, file));
  if (content !== undefined) await writeFile(path.join(folder, file), content);
  return folder;
}

it.each([
  ['nothing', ''],
  ['prose', 'The disk of the database is full, and nobody noticed until 10:42.'],
  ['identifiers', 'KubePodCrashLooping on web-0: oom_kill, http://web.example.com/healthz?probe=1'],
  ['a fence', '```sh\nkubectl -n shop get pods \\\n  | grep -v Running\n```'],
  ['a table', '| a | b |\n|---|---|\n| 1 | 2 |'],
  ['other writing', 'Überlast — ディスクがいっぱい 🔥 磁盘已满'],
  ['an endless word', 'x'.repeat(5_000)],
])('counts %s as the model does, the second time, too', async (_what, text) => {
  const read = async (file: string) => JSON.parse(await readFile(path.join(BUNDLED, file), 'utf8'));
  const model = new Tokenizer(await read('tokenizer.json'), await read('tokenizer_config.json'));
  const expected = model.encode(text, { add_special_tokens: false }).ids.length;
  const countTokens = await loadTokenizer(BUNDLED, PREPARATION);
  expect([countTokens(text), countTokens(text)]).toEqual([expected, expected]);
});

it('counts what another model is given: identifiers split, its instruction left out', async () => {
  const countTokens = await loadTokenizer(BUNDLED, preparationOf('intfloat/e5-small-v2'));
  expect(countTokens('oom_kill')).toBe(countTokens('oom kill'));
});

it.each([
  ['tokenizer.json', undefined, 'ENOENT'],
  ['tokenizer.json', '{', 'JSON'],
  ['tokenizer.json', '{}', 'tokenizer.json'],
  ['tokenizer.json', '[1]', 'tokenizer.json'],
  ['tokenizer_config.json', 'null', 'no object'],
])('names the file that cannot be read: %s with %s', async (file, content, reason) => {
  const failure = await loadTokenizer(await copyWith(file, content), PREPARATION).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'model-corrupt', message: expect.stringContaining(file) });
  expect(failure).toMatchObject({ message: expect.stringContaining(reason) });
});
