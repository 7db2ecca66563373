import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Row } from '@libsql/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { done } from '../testing/diagnosis-builder.ts';
import { verdict } from './casebook-verdicts.contract.ts';
import { createLibsqlCasebook } from './libsql-casebook.ts';
import { toGradedDiagnoses } from './libsql-verdicts.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'precedent-verdicts-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function newUrl(): Promise<string> {
  return `file:${path.join(await mkdtemp(path.join(scratch, 'data-')), 'casebook.db')}`;
}

/** Changes its mind for ever, and says aloud what was taken down. */
const FICKLE = (url: string) => `
  import { register } from 'tsx/esm/api';
  register();
  const { createLibsqlCasebook } = await import('./src/adapters/libsql-casebook.ts');
  const casebook = createLibsqlCasebook({ url: ${JSON.stringify(url)} });
  for (let n = 0; ; n++) {
    const verdict = n % 2 === 0 ? 'confirmed' : 'rejected';
    await casebook.saveVerdict({ diagnosisId: 'x', by: 'ana', verdict, at: '2026-03-02T10:00:00.000Z' });
    console.log(n + 1);
  }`;

it('a page of graded diagnoses is parsed in turns, each with its own verdicts', async () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ id: `d${n}`, record: JSON.stringify(done(`d${n}`, 'llm')) }));
  const said = rows.map(({ id }) => ({ diagnosis_id: id, record: JSON.stringify(verdict(id, 'ana')), ended_at: null }));
  let turns = 0;
  let isParsed = false;
  const count = () => {
    turns++;
    if (!isParsed) setImmediate(count);
  };
  setImmediate(count);
  // Rows as the client gives them also answer by position, which nothing here asks for.
  const graded = await toGradedDiagnoses(rows as unknown as Row[], said as unknown as Row[]);
  isParsed = true;
  expect(turns).toBeGreaterThanOrEqual(15);
  expect(graded.map(({ verdicts }) => verdicts[0]?.diagnosisId)).toEqual(rows.map(({ id }) => id));
});

describe('verdicts in a casebook file', () => {
  it('survive kill -9: what was taken down is there, and one counts', async () => {
    const url = await newUrl();
    const child = spawn(process.execPath, ['--input-type=module', '-e', FICKLE(url)], { cwd: PROJECT });
    let taken = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      taken = Number(line);
      if (taken === 25) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await using casebook = createLibsqlCasebook({ url });
    const kept = await casebook.listVerdicts('x');
    expect(kept.length).toBeGreaterThanOrEqual(taken);
    expect(kept.filter(({ ended }) => ended === undefined)).toHaveLength(1);
  });

  it('of several processes do not lose each other', async () => {
    const url = await newUrl();
    const casebooks = ['ana', 'ben', 'eve'].map((by) => ({ by, casebook: createLibsqlCasebook({ url }) }));
    await Promise.all(
      casebooks.map(async ({ by, casebook }) => {
        for (let n = 0; n < 10; n++) await casebook.saveVerdict(verdict(`d${n}`, by));
      }),
    );
    for (const { casebook } of casebooks) {
      expect(await casebook.listVerdicts('d7')).toHaveLength(3);
      await casebook[Symbol.asyncDispose]();
    }
  });
});
