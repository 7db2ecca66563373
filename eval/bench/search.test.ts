import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../../src/config.ts';
import { makeVector } from './search-passages.ts';
import { recallOf } from './search-recall.ts';

const TSX = join(dirname(createRequire(import.meta.url).resolve('tsx/package.json')), 'dist', 'cli.mjs');
const SMALL = ['--chunks', '140', '--samples', '2', '--seconds', '0.1', '--clients', '2'];
/** Two processes that each load the model and start Chroma; seconds on a machine that has nothing else to do. */
const PATIENCE_MS = 180_000;

describe('the search bench', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'precedent-bench-test-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it(
    'measures a small knowledge base from end to end, with the real model and a real Chroma',
    async () => {
      const args = [TSX, 'eval/bench/main.ts', 'search', ...SMALL, '--folder', folder];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT_DIR });
      for (const row of ['3 words, incidents', 'alert of 60 words, all kinds', 'lexical index, MB']) {
        expect(stdout).toContain(`| ${row === 'lexical index, MB' ? 'of it ' : ''}${row} | `);
      }
      expect(stdout).toContain('recall@10 of the index against brute force: 1.0000');
      expect(stdout).not.toMatch(/NaN|undefined/);
    },
    PATIENCE_MS,
  );
});

describe('recall', () => {
  const stored = new Map(
    Array.from({ length: 20 }, (_, at) => [`c${at}`, Float32Array.of(Math.cos(at / 20), Math.sin(at / 20))]),
  );
  const query = Float32Array.of(1, 0);
  const nearest = Array.from({ length: 10 }, (_, at) => `c${at}`);

  it('is the share of the ten nearest that were found', () => {
    expect(recallOf(nearest, query, stored)).toBe(1);
    expect(recallOf([...nearest.slice(0, 9), 'c15'], query, stored)).toBe(0.9);
    expect(recallOf(['gone'], query, stored)).toBe(0);
  });

  it('takes one chunk for another that is just as near', () => {
    const twins = new Map([...stored, ['twin', stored.get('c9') ?? query]]);
    expect(recallOf([...nearest.slice(0, 9), 'twin'], query, twins)).toBe(1);
  });
});

describe('a vector for nearly nothing', () => {
  const known = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 1)];

  it('is a unit vector, and the same for the same text', () => {
    const vector = makeVector('some passage', known);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(makeVector('some passage', known)).toEqual(vector);
    expect(makeVector('another passage', known)).not.toEqual(vector);
  });
});
