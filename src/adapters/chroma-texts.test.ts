import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChromaCollections } from './chroma-collections.ts';
import { ChromaConnection } from './chroma-connection.ts';
import { ChromaTexts } from './chroma-texts.ts';

/** Deflates badly, so that it takes several records. */
const LONG = randomBytes(50_000).toString('hex');

let scratch: string;
let connection: ChromaConnection;
let collections: ChromaCollections;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-texts-'));
  connection = new ChromaConnection({ dataDir: scratch });
  collections = new ChromaCollections(connection);
});
afterAll(async () => {
  await connection[Symbol.asyncDispose]();
  await rm(scratch, { recursive: true, force: true });
});

async function readAll(texts: ChromaTexts, ids: readonly string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const [id, text] of texts.read(ids)) found[id] = text;
  return found;
}

describe('texts in Chroma', () => {
  it('come back whole, several pages of them, and only those that were asked for', async () => {
    const texts = new ChromaTexts(collections, 'many');
    const all = new Map(Array.from({ length: 600 }, (_, at) => [`t${at}`, at % 200 === 0 ? LONG + at : `text ${at}`]));
    await texts.addMissing(all);
    const asked = [...all.keys()].filter((_, at) => at !== 3);
    const found = await readAll(texts, [...asked, 'absent']);
    expect(Object.keys(found)).toHaveLength(599);
    expect(found['t200']).toBe(`${LONG}200`);
    expect(found['t599']).toBe('text 599');
  });

  it.each([
    ['its first record', 0],
    ['another record', 2],
  ])('count as absent without %s', async (_case, position) => {
    const texts = new ChromaTexts(collections, `broken-${position}`);
    await texts.addMissing(new Map([['long', LONG]]));
    await collections.deleteIds(`broken-${position}-v2`, [`long/${position}`]);
    expect(await texts.find('long')).toBeUndefined();
  });

  it('are completed by the next who adds them, when their writer was stopped half-way', async () => {
    const texts = new ChromaTexts(collections, 'half');
    await texts.addMissing(new Map([['long', LONG]]));
    await collections.deleteIds('half-v2', ['long/0', 'long/3']);
    await texts.addMissing(new Map([['long', LONG]]));
    expect(await texts.find('long')).toBe(LONG);
  });

  it('are replaced in one step, also by a shorter one', async () => {
    const texts = new ChromaTexts(collections, 'pointer');
    await texts.put('current', LONG.slice(0, 20_000));
    await texts.put('current', 'short');
    expect(await texts.find('current')).toBe('short');
    await expect(texts.put('current', LONG)).rejects.toThrow('cannot be replaced in one step');
  });

  it('are deleted with all their records, and counted once each', async () => {
    const texts = new ChromaTexts(collections, 'swept');
    await texts.addMissing(
      new Map([
        ['kept', LONG],
        ['gone', LONG],
        ['gone too', 'short'],
      ]),
    );
    expect(await texts.keepOnly(new Set(['kept']))).toBe(2);
    expect(await readAll(texts, ['kept', 'gone', 'gone too'])).toEqual({ kept: LONG });
  });
});
