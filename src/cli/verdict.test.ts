import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { runCommand } from './__fixtures__/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-verdict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function precedent(...args: string[]) {
  return runCommand(args, { DATA_DIR: folder, NO_COLOR: '1' });
}

describe('precedent verdict', () => {
  let id = '';
  beforeAll(async () => {
    const alert = join(PROJECT_DIR, 'examples/alerts/pre-processor-latency.json');
    id = JSON.parse((await precedent('diagnose', '--alert', alert, '--json')).out).id;
  });

  it('takes a verdict, replaces it, and takes it back', async () => {
    const confirmed = await precedent('verdict', id, 'confirmed', '--by', 'ana', '--json');
    expect(confirmed.code).toBe(0);
    expect(JSON.parse(confirmed.out)).toMatchObject({ diagnosisId: id, tally: { confirmed: 1 } });
    const cause = ['--category', 'memory-leak', '--summary', 'The cache was never emptied.'];
    const corrected = await precedent('verdict', id, 'corrected', '--by', 'Ana', ...cause);
    expect(corrected.out).toContain('corrected: memory-leak at some service');
    expect(corrected.out).toContain('0 confirmed, 0 rejected, 1 corrected');
    const withdrawn = await precedent('verdict', id, '--by', 'ana', '--withdraw', '--json');
    expect(JSON.parse(withdrawn.out)).toMatchObject({ verdicts: [], earlier: [{}, { ended: { how: 'withdrawn' } }] });
  });

  it('says what is wrong with a verdict', async () => {
    expect(await precedent('verdict', id, 'confirmed')).toMatchObject({
      code: 2,
      notes: expect.stringContaining('--by'),
    });
    const perhaps = await precedent('verdict', id, 'perhaps', '--by', 'ana');
    expect(perhaps).toMatchObject({ code: 2, notes: expect.stringContaining('verdict') });
    const causeless = await precedent('verdict', id, 'corrected', '--by', 'ana');
    expect(causeless).toMatchObject({ code: 2, notes: expect.stringContaining('trueCause') });
  });

  it('has an exit code for what is not there', async () => {
    expect(await precedent('verdict', 'unknown', 'confirmed', '--by', 'ana')).toMatchObject({ code: 4 });
    expect(await precedent('verdict', id, '--by', 'nobody', '--withdraw')).toMatchObject({ code: 4 });
  });
});
