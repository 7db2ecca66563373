import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeTinyReranker } from './adapters/__fixtures__/tiny-reranker.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { createPorts, type Settled } from './drivers.ts';
import type { Ports, Reranker, TraceSource } from './ports.ts';

const scratch = mkdtempSync(join(tmpdir(), 'precedent-drivers-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function settled(settings: Readonly<Record<string, string>>): Settled {
  return readConfig({ DATA_DIR: scratch, ...settings }, join(scratch, 'none.yaml'));
}

function portsOf(settings: Readonly<Record<string, string>>, overrides: Partial<Ports> = {}): Ports {
  return createPorts(settled(settings), overrides, async (text) => ({ text, counts: {} }), undefined);
}

describe('the reranker', () => {
  it('is absent unless one is configured', () => {
    expect(portsOf({}).reranker).toBeUndefined();
  });

  it('is the configured model, untouched until it is asked', async () => {
    const model = join(scratch, 'tiny');
    await using reranker = portsOf({ RERANKER_MODEL: model }).reranker;
    expect(reranker?.name).toBe(model);
    await writeTinyReranker(model);
    expect(await reranker?.score('disk full', ['disk full'])).toEqual([expect.closeTo(0.982, 3)]);
  });

  it('is the one handed in, whatever is configured, and is closed with the app', async () => {
    let isClosed = false;
    const close = async () => {
      isClosed = true;
    };
    const own: Reranker = { name: 'own', maxPairs: 1, score: async () => [], [Symbol.asyncDispose]: close };
    expect(portsOf({ RERANKER_MODEL: 'someone/else' }, { reranker: own }).reranker).toBe(own);
    await createApp(settled({}), { reranker: own })[Symbol.asyncDispose]();
    expect(isClosed).toBe(true);
  });
});

describe('the source of traces', () => {
  it('is absent unless one is configured', () => {
    expect(portsOf({ TRACES_API: 'tempo' }).traceSource).toBeUndefined();
  });

  it('is Jaeger unless told otherwise', () => {
    const url = { TRACES_URL: 'http://127.0.0.1:1' };
    expect(portsOf(url).traceSource?.name).toBe('jaeger');
    expect(portsOf({ ...url, TRACES_API: 'tempo' }).traceSource?.name).toBe('tempo');
  });

  it('is the one handed in, whatever is configured', () => {
    const own: TraceSource = { name: 'own', fetchTraces: async function* () {}, ping: async () => {} };
    expect(portsOf({ TRACES_URL: 'http://127.0.0.1:1' }, { traceSource: own }).traceSource).toBe(own);
  });
});
