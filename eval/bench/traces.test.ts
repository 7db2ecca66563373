import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../../src/config.ts';
import { timeStages } from '../traces/throughput.ts';
import { writeTraceBody } from './traces-body.ts';
import type { Reading } from './traces-reader.ts';
import { renderTraceFigures, type SizeFigures } from './traces-report.ts';

const TSX = join(dirname(createRequire(import.meta.url).resolve('tsx/package.json')), 'dist', 'cli.mjs');
/** Two processes of its own, one with a worker thread; seconds on a machine that has nothing else to do. */
const PATIENCE_MS = 120_000;

describe('the traces bench', () => {
  it(
    'measures a small window from end to end, with the reader of the service',
    async () => {
      const args = [TSX, 'eval/bench/main.ts', 'traces', '--spans', '1000', '--megabytes', '0'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: PROJECT_DIR });
      expect(stdout).toMatch(/\| 1,0\d\d \| 0\.\d \|/);
      expect(stdout).not.toMatch(/NaN|undefined/);
    },
    PATIENCE_MS,
  );

  it('makes a body of two windows with about as many spans as were asked for, the same every time', async () => {
    const text = [...writeTraceBody(2_000)].join('');
    expect([...writeTraceBody(2_000)].join('')).toBe(text);
    const ticks = { now: 0 };
    const times = await timeStages(Buffer.from(text), () => ticks.now++);
    expect(times.spans).toBeGreaterThanOrEqual(2_000);
    expect(times.spans).toBeLessThan(2_100);
    expect([times.floor, times.read, times.mend, times.analyse, times.digest]).toEqual([1, 1, 1, 1, 1]);
  });

  const reading = (more: Partial<Reading> = {}): Reading => ({
    seconds: 2,
    processorSeconds: 2,
    peakBytes: 300e6,
    idleBytes: 200e6,
    blockedMs: 5,
    spans: 10,
    pages: 0,
    ...more,
  });
  const sizeOf = (spans: number, read: number): SizeFigures => ({
    stages: { bytes: spans * 300, times: { spans, floor: 100, read, mend: 10, analyse: 100, digest: 1 } },
    reading: reading(),
  });

  it('marks what misses its bar, and nothing else', () => {
    const bodies = [
      { name: 'as a whole', bytes: 2e8, reading: reading({ peakBytes: 1_500e6, processorSeconds: 1 }) },
      { name: 'plain', bytes: 2e8, reading: reading() },
      { name: 'gzip', bytes: 2e7, reading: reading({ peakBytes: 1_100e6 }) },
    ];
    const figures = { bodies, skipped: ['zstd was not measured'], cores: 2, load: 0 };
    const told = renderTraceFigures({ ...figures, sizes: [sizeOf(10_000, 100), sizeOf(100_000, 1_500)] });
    expect(told).toContain('| 100,000 | 30.0 | 100 | 1500 | 10 | 100 | 1 | 16.01 ✗ | 16.0 | 300 |');
    expect(told).toContain('100,000 against 10,000 spans: × 0.80 (≤ 1.3).');
    expect(told).toContain('| as a whole | 200 | 2.0 | 1.0 | 1.00 | 1500 | 200 | 5 | – |');
    expect(told).toContain('| plain | 200 | 2.0 | 2.0 | 2.00 | 300 | 200 | 5 | – |');
    expect(told).toContain('| gzip | 20 | 2.0 | 2.0 | 2.00 | 1100 ✗ |');
    expect(told).toContain('zstd was not measured');
    const quick = renderTraceFigures({ ...figures, sizes: [sizeOf(10_000, 100), sizeOf(100_000, 700)], bodies: [] });
    expect(quick.split('\n').slice(1).join('\n')).not.toContain('✗');
  });
});
