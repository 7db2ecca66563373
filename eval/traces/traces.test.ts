import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildJaegerTraces } from '../../src/testing/trace-builder.ts';
import type { Fault, ServiceCall } from '../../src/testing/trace-plan.ts';
import { parseTraces } from '../../src/traces/parse.ts';
import { addTraces } from '../commands/traces.ts';
import { rankByBaselines } from './baselines.ts';
import { findCaseFolders, readCase } from './cases.ts';
import { makeCase, planCases } from './generated.ts';
import { type JudgedCase, judgeCase } from './judge.ts';
import { renderTraceReport } from './markdown.ts';
import { buildTraceReport } from './report.ts';

const database: ServiceCall = { service: 'database', operation: 'query', ownMs: 10, through: 'call-database' };
const shop: ServiceCall = { service: 'shop', operation: 'order', ownMs: 4, calls: [database], through: 'call-shop' };
const web: ServiceCall = { service: 'web', operation: 'GET /order', ownMs: 2, calls: [shop] };
const windowOf = (seed: number, faults: readonly Fault[] = []) =>
  buildJaegerTraces({ seed, root: web, traces: 30, startsAt: new Date('2026-01-01T00:00:00Z'), faults });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-eval-traces-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, bytes: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}

async function run(...args: string[]): Promise<string> {
  const said = { out: '' };
  const write = (text: string) => {
    said.out += text;
  };
  const program = new Command('eval').exitOverride().configureOutput({ writeErr: () => {} });
  addTraces(program, { env: {}, write, note: () => {} });
  await program.parseAsync(['traces', ...args], { from: 'user' });
  return said.out;
}

describe('recorded faults', () => {
  const line = (id: string, files: object, more: object = {}) =>
    `${JSON.stringify({ id, system: 'shop', root_cause_service: 'database', fault_type: 'slow', files, ...more })}\n`;
  const slow = JSON.stringify(windowOf(2, [{ kind: 'latency', service: 'database', addMs: 200 }]));

  it('are read whatever folder holds them, packed or not, and judged', async () => {
    write(
      'elsewhere/cases.jsonl',
      line('one', { normal: 'n.json', abnormal: 'a.json.gz' }, { candidate_services: ['shop', 'database'] }),
    );
    write('elsewhere/n.json', JSON.stringify(windowOf(1)));
    write('elsewhere/a.json.gz', gzipSync(slow));
    const out = await run('--data', folder, '--json', join(folder, 'report.json'), '--html', join(folder, 'page.html'));
    expect(out).toContain(`Recorded faults: ${join(folder, 'elsewhere')}`);
    expect(out).toContain('| slow | 1 | 1.000 [.207–1.000] |');
    expect(out).not.toContain('Made-up');
    expect(out).not.toMatch(/NaN|undefined/);
  });

  it('may be without a window before, and without a list of candidates', async () => {
    write('trace-faults/cases.jsonl', line('one', { abnormal: 'a.json' }));
    write('trace-faults/a.json', slow);
    const [found] = await findCaseFolders(folder);
    const read = found?.lines[0] && (await readCase(found, found.lines[0]));
    expect(read).toMatchObject({ id: 'one', culprits: ['database'], normal: undefined });
    expect(read && judgeCase(read, 'plain', () => 0).ranked['digest']?.[0]).toBe('database');
  });

  it('that are none are named by file and line', async () => {
    write('cases.jsonl', '\n{"id": 7}\n');
    await expect(findCaseFolders(folder)).rejects.toThrow('cases.jsonl:2 is no case');
  });

  it('that are nowhere are said to be skipped', async () => {
    expect(await run('--data', folder)).toContain('skipped: no evaluation data at');
  });
});

describe('the simplest rankings', () => {
  it('take the caller that waits, the one that is slow, and the one at the end of a slow wire', () => {
    const normal = parseTraces(windowOf(1));
    const slow = rankByBaselines(
      normal,
      parseTraces(windowOf(2, [{ kind: 'latency', service: 'database', addMs: 90 }])),
    );
    expect(slow['own time'][0]).toBe('database');
    const wire = rankByBaselines(
      normal,
      parseTraces(windowOf(2, [{ kind: 'network', service: 'database', addMs: 90 }])),
    );
    expect(wire['total duration'][0]).not.toBe('database');
    expect(wire['own time'][0]).toBe('shop');
    expect(wire['own time + gap'][0]).toBe('database');
  });
});

describe('made-up faults', () => {
  it('are those of seeds that no constant was chosen on, the same on every run', () => {
    const planned = planCases(2);
    expect(Math.min(...planned.map(({ seed }) => seed))).toBe(5000);
    expect(new Set(planned.map((one) => JSON.stringify(one))).size).toBe(planned.length);
    const first = planned.find(({ type }) => type === 'error') ?? planned[0];
    if (!first) throw new Error('nothing is planned');
    expect(makeCase(first)).toEqual(makeCase(first));
  });
});

describe('options', () => {
  it.each([
    ['--cases', 'x'],
    ['--cases', '-1'],
    ['--cases', '1.5'],
    ['--first-seed', 'x'],
    ['--first-seed', ''],
  ])('that are no whole numbers are refused: %s %j', async (option, value) => {
    await expect(run('--data', folder, option, value)).rejects.toThrow(
      `'${option} <n>' argument '${value}' is invalid`,
    );
  });

  it('of no cases make none', async () => {
    expect(await run('--data', folder, '--cases', '0')).not.toContain('Made-up');
  });
});

describe('the report', () => {
  const judged = (
    id: string,
    faultType: string,
    digest: readonly string[],
    more: Partial<JudgedCase> = {},
  ): JudgedCase => ({
    id,
    system: 'shop',
    faultType,
    condition: 'plain',
    culprits: ['database'],
    ranked: { digest },
    isCalledHealthy: digest.length === 0,
    shapes: [],
    expectedShapes: undefined,
    spans: 10,
    seconds: 0.001,
    ...more,
  });

  it('tells systems and types apart, false alarms and faults that were missed', () => {
    const report = buildTraceReport(
      [
        judged('a', 'slow', ['database']),
        judged('b', 'slow', ['web', 'database']),
        judged('c', 'error', [], { system: 'bank' }),
        judged('d', 'healthy', ['web'], { culprits: [] }),
        judged('e', 'healthy', [], { culprits: [] }),
      ],
      'plain',
    );
    const told = report.slices.map(({ system, faultType, n, methods }) => [
      system,
      faultType,
      n,
      methods['digest']?.ac1.value,
    ]);
    expect(told).toEqual([
      ['all', 'all', 3, 1 / 3],
      ['all', 'error', 1, 0],
      ['all', 'slow', 2, 0.5],
      ['bank', 'all', 1, 0],
      ['bank', 'error', 1, 0],
      ['shop', 'all', 2, 0.5],
      ['shop', 'slow', 2, 0.5],
    ]);
    expect(report.falseAlarms).toEqual([{ faultType: 'healthy', rate: expect.objectContaining({ value: 0.5, n: 2 }) }]);
    expect(report.takenForHealthy.find(({ faultType }) => faultType === 'error')?.ids).toEqual(['c']);
  });

  it('compares what was made harder case by case, and leaves it out of all else', () => {
    const hard = { condition: 'lost' };
    const report = buildTraceReport(
      [
        judged('a', 'slow', ['database']),
        judged('b', 'slow', ['database']),
        judged('a', 'slow', ['web'], hard),
        judged('b', 'slow', ['database'], hard),
      ],
      'plain',
      { lost: 'plain' },
    );
    expect(report.slices.every(({ n }) => n === 2)).toBe(true);
    expect(report.harder).toMatchObject([
      { faultType: 'slow', easy: { value: 1 }, hard: { value: 0.5 }, paired: { losses: 1, ties: 1 } },
    ]);
    expect(renderTraceReport('Title', 'Introduction.', report)).toContain(
      '| 30 % of spans lost | slow | 2 | 1.000 | .500',
    );
  });

  it('counts shapes where somebody knows what to expect', () => {
    const shapes = [{ kind: 'saturation', service: 'database' }] as const;
    const report = buildTraceReport(
      [
        judged('a', 'queue', ['database'], { shapes, expectedShapes: ['saturation', 'more-load'] }),
        judged('b', 'queue', ['database'], { expectedShapes: ['saturation', 'more-load'] }),
        judged('c', 'slow', ['database'], { shapes }),
      ],
      'plain',
    );
    expect(report.shapes).toMatchObject([
      { faultType: 'queue', named: { value: 0.5 }, counts: { saturation: 1, none: 1 } },
    ]);
  });
});
