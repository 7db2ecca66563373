import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBody } from '../read-body.ts';
import { createLeafRedactor } from './redact-leaves.ts';
import { createSnapshotPages } from './snapshot-pages.ts';
import { splitPiece } from './split-piece.ts';

const START = 1_767_225_600_000_000;
const PAGE = 256 * 1024;

/** The pages of a body, read in chunks of some size. */
async function pagesOf(text: string, chunk = 100_000) {
  const pages: string[] = [];
  const made = createSnapshotPages({
    leaves: createLeafRedactor(undefined),
    onPage: async (content) => void pages.push(gunzipSync(content).toString()),
  });
  async function* bytes() {
    const all = Buffer.from(text);
    for (let at = 0; at < all.length; at += chunk) yield all.subarray(at, at + chunk);
  }
  const options = { encoding: 'identity', windows: { incident: [] }, maxBytes: 1e9, maxSpans: 1e6 } as const;
  const { windows } = await readBody(bytes(), { ...options, onPiece: (_, piece) => made.add(piece) });
  return { pages, facts: await made.end(), spans: windows.incident?.spans ?? [] };
}

const note = (chars: number) => 'word '.repeat(chars / 5);
const jaeger = (spans: number, chars: number) => ({
  traceID: 't',
  processes: { p: { serviceName: 'web' } },
  spans: Array.from({ length: spans }, (_, n) => ({
    traceID: 't',
    spanID: `s${n}`,
    startTime: START + n,
    duration: 5,
    processID: 'p',
    tags: [{ key: 'note', value: note(chars) }],
  })),
  warnings: ['w'],
});
const otlp = (scopes: readonly (readonly [spans: number, chars: number])[]) => ({
  resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] },
  scopeSpans: scopes.map(([spans, chars], scope) => ({
    scope: { name: `scope${scope}` },
    schemaUrl: 'of the scope',
    spans: Array.from({ length: spans }, (_, n) => ({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: `${scope}${n}`.padStart(16, '0'),
      startTimeUnixNano: `${START}000`,
      endTimeUnixNano: `${START + 5}000`,
      attributes: [{ key: 'note', value: { stringValue: note(chars) } }],
    })),
  })),
  schemaUrl: 'of the resource',
});

describe('pages of long spans', () => {
  it.each([
    ['a Jaeger trace', { data: [jaeger(60, 40_000)] }],
    [
      'a resource of OTLP',
      {
        resourceSpans: [
          otlp([
            [30, 40_000],
            [0, 0],
            [30, 40_000],
          ]),
        ],
      },
    ],
  ])('hold no more than any other: %s', async (_, window) => {
    const text = JSON.stringify(window);
    const { pages, facts, spans } = await pagesOf(text);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThan(PAGE + 100);
    expect(pages.length).toBeLessThan(15);
    expect(facts?.spans).toBe(60);
    const again = await pagesOf(pages.join('\n'));
    expect(again.facts).toEqual(facts);
    expect(again.spans).toEqual(spans);
    // Neither the formatting nor the chunks of the body change the key.
    expect((await pagesOf(JSON.stringify(window, undefined, 2), 7_777)).facts).toEqual(facts);
  });

  it('are cut off only by a span that is longer than a page, which has one for itself', async () => {
    const { data } = { data: [jaeger(3, 600_000), jaeger(2, 10)] };
    const { pages } = await pagesOf(JSON.stringify({ data }));
    const counts = pages.map((page) => JSON.parse(page).data.map((trace: { spans: unknown[] }) => trace.spans.length));
    expect(counts).toEqual([[1], [1], [1], [2]]);
  });

  it('keep traces whole that fit', async () => {
    const { pages } = await pagesOf(JSON.stringify({ data: Array.from({ length: 20 }, () => jaeger(5, 20_000)) }));
    for (const page of pages) for (const trace of JSON.parse(page).data) expect(trace.spans).toHaveLength(5);
  });
});

describe('parts of a piece', () => {
  const chars = fc.integer({ min: 0, max: 60 }).map((fives) => 5 * fives);
  const piece = fc.oneof(
    fc.record({
      format: fc.constant('jaeger' as const),
      content: fc.tuple(fc.nat(8), chars, chars).map(([spans, each, head]) => {
        const { spans: all, ...fields } = jaeger(spans, each);
        return { ...fields, processes: { p: { serviceName: note(head) } }, warnings: [note(each)], spans: all };
      }),
    }),
    fc.record({
      format: fc.constant('otlp' as const),
      content: fc.array(fc.tuple(fc.nat(4), chars), { maxLength: 4 }).map(otlp),
    }),
  );

  it('hold every span once and in its order, say whose they are, and are themselves when split again', () => {
    fc.assert(
      fc.property(piece, fc.integer({ min: 100, max: 3_000 }), ({ format, content }, most) => {
        const parts = splitPiece(format, content, most);
        const idsOf = (value: unknown) =>
          [...JSON.stringify(value).matchAll(/"span(?:ID|Id)":"(\w+)"/g)].map(([id]) => id);
        expect(parts.flatMap(idsOf)).toEqual(idsOf(content));
        for (const part of parts) expect(splitPiece(format, part, most)).toEqual([part]);
        if ('resource' in content) for (const part of parts) expect(part).toMatchObject({ resource: content.resource });
        else for (const part of parts) expect(part).toMatchObject({ processes: content.processes });
      }),
    );
  });

  it.each([
    ['what they repeat', 'x'.repeat(PAGE), []],
    ['anything else', 'x'.repeat(4_000), ['x'.repeat(PAGE)]],
  ])('are together no more than twice the piece when %s is long', (_, serviceName, warnings) => {
    const content = { ...jaeger(500, 100), processes: { p: { serviceName } }, warnings };
    const parts = splitPiece('jaeger', content, 10_000);
    expect(parts.length).toBeGreaterThan(0);
    expect(JSON.stringify(parts).length).toBeLessThan(2 * JSON.stringify(content).length);
    for (const part of parts) expect(splitPiece('jaeger', part, 10_000)).toEqual([part]);
  });
});
