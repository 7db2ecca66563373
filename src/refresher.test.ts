import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PrecedentError } from './domain/errors.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import { createRefresher, type RefresherOptions, type RefreshOutcome } from './refresher.ts';

const REPORT: IngestReport = {
  generation: 'g1',
  sources: [],
  published: true,
  files: [],
  problems: [],
  redacted: {},
  documents: 1,
  chunks: 1,
  embedded: 1,
  timings: {},
};

/** A refresher whose ingests end when the test says so. */
function openRefresher(options: Partial<RefresherOptions> = {}) {
  const outcomes: RefreshOutcome[] = [];
  const waiting: PromiseWithResolvers[] = [];
  const refresher = createRefresher({
    ingest: (_reason, signal) => {
      const ingest = withResolvers();
      waiting.push(ingest);
      signal.addEventListener('abort', () => ingest.reject(signal.reason));
      return ingest.promise;
    },
    now: () => new Date('2026-03-01T10:00:00Z'),
    pollMs: 0,
    onOutcome: (outcome) => outcomes.push(outcome),
    ...options,
  });
  return { refresher, waiting, outcomes };
}

interface PromiseWithResolvers {
  readonly promise: Promise<IngestReport>;
  readonly resolve: (report: IngestReport) => void;
  readonly reject: (error: unknown) => void;
}

function withResolvers(): PromiseWithResolvers {
  let resolve: PromiseWithResolvers['resolve'] = () => {};
  let reject: PromiseWithResolvers['reject'] = () => {};
  const promise = new Promise<IngestReport>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

describe('refreshing', () => {
  it('tells how it went', async () => {
    const { refresher, waiting, outcomes } = openRefresher();
    const refreshed = refresher.refresh('hook');
    expect(refresher.isRunning).toBe(true);
    waiting[0]?.resolve(REPORT);
    expect(await refreshed).toBe(REPORT);
    expect(refresher.isRunning).toBe(false);
    expect(outcomes).toEqual([{ at: '2026-03-01T10:00:00.000Z', reason: 'hook', report: REPORT }]);
    expect(refresher.last).toEqual(outcomes[0]);
  });

  it('runs one ingest at a time, and one more for all who asked meanwhile', async () => {
    const { refresher, waiting } = openRefresher();
    const first = refresher.refresh('hook');
    const [second, third] = [refresher.refresh('hook'), refresher.refresh('poll')];
    expect(waiting).toHaveLength(1);
    waiting[0]?.resolve(REPORT);
    await first;
    await sleep(1);
    expect(waiting).toHaveLength(2);
    waiting[1]?.resolve({ ...REPORT, generation: 'g2' });
    expect([(await second).generation, (await third).generation]).toEqual(['g2', 'g2']);
    expect(waiting).toHaveLength(2);
  });

  it('serves who asked meanwhile although the ingest before them failed', async () => {
    const { refresher, waiting } = openRefresher();
    const first = refresher.refresh('hook');
    const second = refresher.refresh('hook');
    waiting[0]?.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await sleep(1);
    waiting[1]?.resolve(REPORT);
    expect(await second).toBe(REPORT);
  });

  it('tries again by itself after a failure that may pass', async () => {
    const { refresher, waiting, outcomes } = openRefresher({ retryMs: 5 });
    const refreshed = refresher.refresh('hook');
    waiting[0]?.reject(new PrecedentError('index-unavailable', 'away'));
    await expect(refreshed).rejects.toThrow('away');
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.resolve(REPORT);
    await expect.poll(() => outcomes.map(({ reason }) => reason)).toEqual(['hook', 'retry']);
  });

  it('tries again, later each time, while a source is away', async () => {
    const { refresher, waiting, outcomes } = openRefresher({
      retryMs: 5,
      isIncomplete: ({ generation }) => generation === 'half',
    });
    const refreshed = refresher.refresh('hook');
    waiting[0]?.resolve({ ...REPORT, generation: 'half' });
    await refreshed;
    await expect.poll(() => waiting.length).toBe(2);
    waiting[1]?.resolve({ ...REPORT, generation: 'half' });
    await expect.poll(() => waiting.length).toBe(3);
    waiting[2]?.resolve(REPORT);
    await expect.poll(() => outcomes.map(({ reason }) => reason)).toEqual(['hook', 'retry', 'retry']);
    await sleep(60);
    expect(waiting).toHaveLength(3);
  });

  it('keeps the retry of a first ingest that failed when it begins to poll', async () => {
    const { refresher, waiting } = openRefresher({ retryMs: 5, pollMs: 60_000 });
    const refreshed = refresher.refresh('start');
    waiting[0]?.reject(new PrecedentError('index-unavailable', 'away'));
    await expect(refreshed).rejects.toThrow('away');
    refresher.start();
    await expect.poll(() => waiting.length).toBe(2);
    await refresher[Symbol.asyncDispose]();
  });

  it('does not try a mistake again', async () => {
    const { refresher, waiting } = openRefresher({ retryMs: 1 });
    const refreshed = refresher.refresh('hook');
    waiting[0]?.reject(new PrecedentError('knowledge-empty', 'nothing there'));
    await expect(refreshed).rejects.toThrow('nothing there');
    await sleep(20);
    expect(waiting).toHaveLength(1);
  });

  it('polls until it is closed, and stops what runs then', async () => {
    const { refresher, waiting, outcomes } = openRefresher({ pollMs: 5 });
    refresher.start();
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.resolve(REPORT);
    await expect.poll(() => waiting.length).toBe(2);
    await refresher[Symbol.asyncDispose]();
    await sleep(20);
    expect(waiting).toHaveLength(2);
    expect(outcomes).toHaveLength(1);
  });
});
