import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { zstdFrame } from '../http/__fixtures__/zstd.ts';
import { buildFaultCase } from '../testing/trace-faults.ts';
import { createTraceReader } from '../trace-reading/trace-reader.ts';
import type { CommandContext } from './context.ts';
import { refuseSharedInput } from './input.ts';
import { readTraceFiles } from './trace-files.ts';

const { normal, abnormal } = buildFaultCase('latency', 7);
const traces = createTraceReader({ policy: [], threads: 1 });
const context: CommandContext = {
  env: {},
  write: () => {},
  note: () => {},
  isInteractive: false,
  signal: new AbortController().signal,
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'precedent-traces-'));
  const incident = JSON.stringify(abnormal);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'normal.json': JSON.stringify(normal),
    'incident.json': incident,
    'incident.json.gz': gzipSync(incident),
    'incident.json.zst': zstdFrame(incident),
    'named-otherwise': gzipSync(incident),
    'incident.jsonl': abnormal.data.map((trace) => `${JSON.stringify({ data: [trace] })}\n`).join(''),
    'cut.json': incident.slice(0, -20),
    'cut.json.gz': gzipSync(incident).subarray(0, 500),
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
});
afterAll(async () => {
  await traces[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const read = (incident: string, asOf?: string) =>
  readTraceFiles(
    { baseline: join(folder, 'normal.json'), incident: join(folder, incident) },
    asOf,
    { traces },
    context,
  );

describe('trace files', () => {
  it.each(['incident.json.gz', 'incident.json.zst', 'incident.jsonl', 'named-otherwise'])(
    '%s says what the plain file says',
    async (name) => {
      expect(await read(name)).toEqual(await read('incident.json'));
    },
  );

  it.each(['cut.json', 'cut.json.gz', 'absent.json'])('%s is bad input, and the message names it', async (name) => {
    await expect(read(name)).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:input|trace)-invalid$/),
      message: expect.stringContaining(name),
    });
  });

  it('are cut at the moment that the question is asked of', async () => {
    const whole = await read('incident.json');
    const { from, to } = whole.windows.incident;
    const half = new Date((Date.parse(from) + Date.parse(to)) / 2).toISOString();
    const known = await read('incident.json', half);
    expect(known.windows.incident.to <= half).toBe(true);
    expect(known.windows.incident.spans).toBeLessThan(whole.windows.incident.spans);
  });
});

describe('standard input', () => {
  it('is for one input only', () => {
    expect(() => refuseSharedInput('-', 'normal.json', '-')).toThrow('only one input');
    expect(() => refuseSharedInput('-', undefined, 'normal.json')).not.toThrow();
  });

  it('is let go of once what came is refused, though its writer keeps it open', async () => {
    const open = new PassThrough();
    open.write('this is no JSON\n');
    const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(open as unknown as typeof process.stdin);
    try {
      await expect(readTraceFiles({ incident: '-' }, undefined, { traces }, context)).rejects.toMatchObject({
        code: 'input-invalid',
        message: expect.stringContaining('not JSON'),
      });
    } finally {
      stdin.mockRestore();
    }
    expect(open.destroyed).toBe(true);
  });
});
