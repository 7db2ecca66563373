import { afterAll, describe, expect, it } from 'vitest';
import { analyseTraces } from '../diagnose/digest/analyse.ts';
import type { SnapshotFacts } from '../domain/snapshot.ts';
import type { SnapshotSink, SnapshotUpload } from '../snapshot-keeper.ts';
import { buildFaultCase } from '../testing/trace-faults.ts';
import { parseTraces } from '../traces/parse.ts';
import { createTraceReader, type ReadTraces, type TraceBody } from './trace-reader.ts';

const { normal: baseline, abnormal: incident } = buildFaultCase('latency', 7);
const OPTIONS = { maxBytes: 50_000_000 };

async function* piecesOf(value: unknown, length = 10_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(JSON.stringify(value));
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

const bodyOf = (value: unknown, windows: TraceBody['windows'], name?: string): TraceBody => ({
  bytes: piecesOf(value),
  encoding: 'identity',
  windows,
  ...(name === undefined ? {} : { name }),
});
const filesOf = () => [bodyOf(baseline, { baseline: [] }), bodyOf(incident, { incident: [] })];

/** One thread for all, as in a service; each test says where windows are kept. */
let sink: SnapshotSink = { begin: () => undefined };
const heard: unknown[] = [];
const reader = createTraceReader({
  policy: ['secrets'],
  threads: 1,
  snapshots: { begin: () => sink.begin() },
  onFailure: (error) => heard.push(error),
});
afterAll(() => reader[Symbol.asyncDispose]());

describe('traces that are read in a thread', () => {
  it('say what the same traces say when they are read here', async () => {
    const { rest, analysis } = await reader.read(filesOf(), OPTIONS);
    expect(analysis).toEqual(analyseTraces(parseTraces(baseline), parseTraces(incident)));
    expect(rest).toEqual([undefined, undefined]);
  });

  it('may come in one body with other things, which are given back', async () => {
    const body = { alert: { labels: {} }, traces: { baseline, incident }, k: 3 };
    const places = { baseline: ['traces', 'baseline'], incident: ['traces', 'incident'] };
    const { rest, analysis } = await reader.read([bodyOf(body, places)], OPTIONS);
    expect(analysis?.windows.incident.spans).toBe(parseTraces(incident).spans.length);
    expect(rest).toEqual([{ alert: { labels: {} }, traces: {}, k: 3 }]);
  });

  it('are no analysis without an incident window', async () => {
    const { rest, analysis } = await reader.read([bodyOf({ alert: 1 }, { incident: ['incident'] })], OPTIONS);
    expect({ rest, analysis }).toEqual({ rest: [{ alert: 1 }], analysis: undefined });
  });

  it('are cut at the moment of the question, whether the caller or the body names it', async () => {
    const spans = parseTraces(incident).spans;
    const ends = spans.map(({ startUs, durationUs }) => startUs + durationUs).sort((a, b) => a - b);
    const asOf = new Date((ends[Math.floor(ends.length / 2)] ?? 0) / 1_000);
    const known = spans.filter((span) => span.startUs + span.durationUs <= asOf.getTime() * 1_000).length;
    const places = { baseline: ['baseline'], incident: ['incident'] };
    const byBody = await reader.read([bodyOf({ baseline, incident, asOf: asOf.toISOString() }, places)], OPTIONS);
    const byCaller = await reader.read(filesOf(), { ...OPTIONS, asOf });
    expect(byBody.analysis?.windows.incident.spans).toBe(known);
    expect(byCaller.analysis).toEqual(byBody.analysis);
  });

  it('may hold what was asked for twice, which is no mistake then', async () => {
    // As a store writes it that was asked about two services: whole answers, one after the other.
    async function* twice() {
      yield* piecesOf(incident);
      yield* piecesOf(incident);
    }
    const read = async (mayRepeat: boolean) => {
      const body: TraceBody = { bytes: twice(), encoding: 'identity', windows: { incident: [] } };
      return (await reader.read([body], { ...OPTIONS, mayRepeat })).analysis;
    };
    const once = (await reader.read([bodyOf(incident, { incident: [] })], OPTIONS)).analysis;
    const counted = await read(false);
    expect(counted?.repairs['duplicate-span']).toBeGreaterThan(0);
    expect(counted?.repaired).toBeGreaterThan(once?.repaired ?? 0);
    expect(await read(true)).toEqual(once);
  });

  it('are refused as they are here, with the name of the file', async () => {
    const bodies = [
      bodyOf(baseline, { baseline: [] }, 'normal.json'),
      bodyOf({ data: 5 }, { incident: [] }, 'bad.json'),
    ];
    await expect(reader.read(bodies, OPTIONS)).rejects.toMatchObject({
      name: 'PrecedentError',
      code: expect.stringMatching(/^trace-/),
      message: expect.stringMatching(/^bad\.json: /),
    });
  });
});

describe('traces that are kept', () => {
  /** Records what it is given; what `broken` names does not work. */
  function keepIn(broken?: 'page' | 'commit') {
    const uploads: { pages: number; facts?: SnapshotFacts; isDiscarded: boolean }[] = [];
    const begin = (): SnapshotUpload => {
      const upload: (typeof uploads)[number] = { pages: 0, isDiscarded: false };
      uploads.push(upload);
      return {
        async page() {
          upload.pages++;
          return broken !== 'page';
        },
        async commit(facts) {
          upload.facts = facts;
          return broken === 'commit' ? undefined : facts.key;
        },
        async discard() {
          upload.isDiscarded = !upload.facts;
        },
      };
    };
    sink = { begin };
    return uploads;
  }

  const keysOf = (analysis: ReadTraces['analysis']) =>
    [analysis?.windows.baseline, analysis?.windows.incident].flatMap((window) => window?.snapshotKey ?? []);

  it('leave their keys at the windows they are of', async () => {
    const uploads = keepIn();
    const { analysis } = await reader.read(filesOf(), OPTIONS);
    expect(keysOf(analysis)).toEqual(uploads.map(({ facts }) => facts?.key));
    expect(new Set(keysOf(analysis)).size).toBe(2);
    expect(uploads.map(({ facts }) => facts?.spans)).toEqual(
      [baseline, incident].map((w) => parseTraces(w).spans.length),
    );
    for (const { pages, facts } of uploads) expect(pages).toBe(facts?.pages);
  });

  it('have the same key when the same traces come again, in other pieces', async () => {
    keepIn();
    const first = await reader.read(filesOf(), OPTIONS);
    const again = { bytes: piecesOf({ incident, baseline }, 777), encoding: 'identity' as const };
    const second = await reader.read(
      [{ ...again, windows: { baseline: ['baseline'], incident: ['incident'] } }],
      OPTIONS,
    );
    expect(keysOf(second.analysis)).toEqual(keysOf(first.analysis));
  });

  it.each(['page', 'commit'] as const)(
    'cost the analysis its keys and nothing else when a %s fails',
    async (broken) => {
      const uploads = keepIn(broken);
      const before = heard.length;
      const { analysis } = await reader.read(filesOf(), OPTIONS);
      expect(keysOf(analysis)).toEqual([]);
      expect(analysis?.candidates).toEqual(analyseTraces(parseTraces(baseline), parseTraces(incident)).candidates);
      expect(uploads).toHaveLength(2);
      expect(heard.length > before).toBe(broken === 'page');
      // No page is made for nothing.
      for (const { pages, facts } of uploads) expect(pages).toBe(broken === 'page' ? 1 : facts?.pages);
    },
  );

  it('leave nothing behind when the reading comes to nothing', async () => {
    const uploads = keepIn();
    const bodies = [bodyOf(baseline, { baseline: [] }), bodyOf({ data: [] }, { incident: [] })];
    await expect(reader.read(bodies, OPTIONS)).rejects.toMatchObject({ code: 'trace-invalid' });
    expect(uploads.map(({ isDiscarded }) => isDiscarded)).toEqual([true, true]);
  });
});
