import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SnapshotPage } from '../domain/snapshot.ts';
import { runCommand } from './__fixtures__/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-snapshot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function precedent(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return runCommand(args, { DATA_DIR: folder, ...env });
}

const DURATION_US = 10_000;

/** Requests of web that call db; in trouble db takes ten times as long. */
function buildWindow(startUs: number, isSlow: boolean) {
  return Array.from({ length: 800 }, (_, n) => {
    const trace = { traceId: (startUs + n).toString(16).padStart(32, '0'), timestamp: startUs + n * 1_000 };
    const duration = (isSlow ? 10 : 1) * (DURATION_US + (n % 7) * 100);
    const web = {
      ...trace,
      id: `a${n}`.padStart(16, '0'),
      name: 'get /orders',
      kind: 'SERVER',
      duration: duration + 500,
    };
    const db = { ...trace, id: `b${n}`.padStart(16, '0'), parentId: web.id, name: 'select', kind: 'SERVER', duration };
    return [
      {
        ...web,
        localEndpoint: { serviceName: 'web' },
        tags: { 'http.url': `http://web/orders/${n}`, password: 'hunter2' },
      },
      { ...db, localEndpoint: { serviceName: 'db' } },
    ];
  }).flat();
}

function writeWindow(name: string, window: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(window));
  return file;
}

describe('precedent snapshot', () => {
  let digest: { readonly snapshotKeys: readonly string[] };
  beforeAll(async () => {
    const baseline = writeWindow('baseline.json', buildWindow(1_700_000_000_000_000, false));
    const incident = writeWindow('incident.json', buildWindow(1_700_000_600_000_000, true));
    digest = JSON.parse((await precedent(['digest', '--baseline', baseline, '--incident', incident, '--json'])).out);
  });

  it('writes windows that give the same digest again, and no secret', async () => {
    expect(digest.snapshotKeys).toHaveLength(2);
    const files: string[] = [];
    for (const key of digest.snapshotKeys) {
      const { code, out } = await precedent(['snapshot', key]);
      expect(code).toBe(0);
      expect(out.trimEnd().split('\n').length).toBeGreaterThan(1);
      expect(out).not.toContain('hunter2');
      files.push(join(folder, `${key}.jsonl`));
      writeFileSync(files.at(-1) ?? '', out);
    }
    const [baseline = '', incident = ''] = files;
    const again = await precedent(['digest', '--baseline', baseline, '--incident', incident, '--json']);
    expect(JSON.parse(again.out)).toEqual(digest);
  });

  it('writes one page, or pages with what is known of them', async () => {
    const key = digest.snapshotKeys[1] ?? '';
    const all = (await precedent(['snapshot', key])).out.split('\n');
    expect((await precedent(['snapshot', key, '--page', '2'])).out).toBe(`${all[1]}\n`);
    const { out } = await precedent(['snapshot', key, '--page', '2', '--json']);
    expect(SnapshotPage.parse(JSON.parse(out))).toMatchObject({ key, format: 'zipkin', page: 2, spans: 1_600 });
    const lines = (await precedent(['snapshot', key, '--json'])).out.trimEnd().split('\n');
    expect(lines.map((line) => SnapshotPage.parse(JSON.parse(line)).page)).toEqual(lines.map((_, at) => at + 1));
  });

  it.each([
    [['snapshot'], 2, 'missing required argument'],
    [['snapshot', 'abc'], 2, '64 hexadecimal digits'],
    [['snapshot', 'c3'.repeat(32)], 4, 'there is no snapshot'],
    [['snapshot', 'c3'.repeat(32), '--page', '0'], 2, 'whole number from 1'],
  ])('%j: exit code %d', async (args, code, words) => {
    expect(await precedent(args)).toMatchObject({ code, out: '', notes: expect.stringContaining(words) });
  });

  it('says which page there is none of', async () => {
    const [key = ''] = digest.snapshotKeys;
    expect(await precedent(['snapshot', key, '--page', '99'])).toMatchObject({
      code: 2,
      notes: expect.stringMatching(/page: must be a whole number from 1 to \d/),
    });
  });

  it('has nothing of what expired, and says since when', async () => {
    const [key = ''] = digest.snapshotKeys;
    // With 0 days everything expires when anybody next looks.
    await precedent(['snapshot', key], { SNAPSHOT_DAYS: '0' });
    expect(await precedent(['snapshot', key])).toMatchObject({ code: 4, notes: expect.stringContaining('kept until') });
  });

  it('is unavailable while the casebook is', async () => {
    const away = await precedent(['snapshot', 'c3'.repeat(32)], { CASEBOOK_URL: 'http://127.0.0.1:1' });
    expect(away).toMatchObject({ code: 3, notes: expect.stringContaining('CASEBOOK_URL') });
  });
});
