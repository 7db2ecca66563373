import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromData, fromMetadata, toMetadata, toRecords } from './chroma-text-records.ts';

/** Nothing that deflating makes much smaller. */
function noise(bytes: number): string {
  return randomBytes(bytes / 2).toString('hex');
}

describe('a text as records', () => {
  it.each([
    ['empty', ''],
    ['short', 'Scale up: ünïcode, \u0000, 🔥'],
    ['of many records', noise(300_000)],
  ])('comes back whole: %s', async (_case, text) => {
    const records = await toRecords('id', text);
    const back = records.map((record) => fromMetadata(record.id, toMetadata(record)));
    expect(back).toEqual(records);
    expect(await fromData(records.map(({ data }) => data).join(''))).toBe(text);
  });

  it('keeps to what Chroma Cloud takes: 32 values of 4,096 bytes, keys of 36 bytes, ids of 128', async () => {
    const records = await toRecords('manifest:0123456789012345678901234567890123456789', noise(300_000));
    expect(records.length).toBeGreaterThan(3);
    for (const record of records) {
      const metadata = Object.entries(toMetadata(record));
      expect(record.id.length).toBeLessThanOrEqual(128);
      expect(metadata.length).toBeLessThanOrEqual(32);
      for (const [key, value] of metadata) {
        expect(key.length).toBeLessThanOrEqual(36);
        expect(String(value).length).toBeLessThanOrEqual(4_096);
      }
    }
  });

  it('is read right where a longer one stood before and left values behind', async () => {
    const [long] = await toRecords('id', noise(30_000));
    const [short] = await toRecords('id', 'short');
    const merged = { ...toMetadata(long!), ...toMetadata(short!) };
    expect(fromMetadata('id/0', merged)).toEqual(short);
  });

  it('is told from a record of another making', () => {
    expect(fromMetadata('id/0', { parts: 1 })).toBeUndefined();
    expect(fromMetadata('id/0', { parts: 1, values: 2, t0: 'a' })).toBeUndefined();
    expect(fromMetadata('id/0', null)).toBeUndefined();
  });
});
