import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Redactor, writeRedactionMark } from '../../domain/redaction.ts';
import type { SnapshotFacts } from '../../domain/snapshot.ts';
import { PLANTED_SECRETS } from '../../redact/__fixtures__/planted-secrets.ts';
import { createRedactor } from '../../redact/redact.ts';
import { parseTraces } from '../parse.ts';
import type { TracePiece } from '../read-body.ts';
import { createLeafRedactor } from './redact-leaves.ts';
import { createSnapshotPages } from './snapshot-pages.ts';

const secrets = createRedactor(['secrets', 'emails']);

interface Kept {
  readonly facts: SnapshotFacts | undefined;
  readonly pages: readonly string[];
}

async function keep(
  pieces: readonly TracePiece[],
  redact?: Redactor,
  leaves = createLeafRedactor(redact),
): Promise<Kept> {
  const pages: string[] = [];
  const made = createSnapshotPages({
    leaves,
    onPage: async (content) => {
      pages.push(gunzipSync(content).toString());
    },
  });
  for (const piece of structuredClone(pieces)) await made.add(piece);
  return { facts: await made.end(), pages };
}

function span(n: number, fields: object = {}): Record<string, unknown> {
  return { traceId: `${n}`.padStart(32, 'a'), id: `${n}`.padStart(16, 'b'), name: `get /orders/${n % 9}`, ...fields };
}

const zipkin = (content: unknown): TracePiece => ({ format: 'zipkin', content, spans: 1 });
const listStrings = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...listStrings(inner)]);
};

describe('pages of a snapshot', () => {
  it('are windows of their own, in the format they came in', async () => {
    const jaeger = { traceID: 'a1', spans: [{ spanID: 'b1', startTime: 1, duration: 2 }], processes: {} };
    const otlp = { resource: {}, scopeSpans: [{ spans: [] }] };
    expect((await keep([{ format: 'jaeger', content: jaeger, spans: 1 }])).pages).toEqual([
      JSON.stringify({ data: [jaeger] }),
    ]);
    expect((await keep([{ format: 'otlp', content: otlp, spans: 0 }])).pages).toEqual([
      JSON.stringify({ resourceSpans: [otlp] }),
    ]);
    expect((await keep([zipkin(span(1)), zipkin(span(2))])).pages).toEqual([JSON.stringify([span(1), span(2)])]);
  });

  it('hold some 256 kB each, and all pieces in their order', async () => {
    const pieces = Array.from({ length: 5_000 }, (_, n) => zipkin(span(n, { timestamp: n + 1, duration: 5 })));
    const { facts, pages } = await keep(pieces, secrets);
    expect(facts).toMatchObject({ format: 'zipkin', spans: 5_000, pages: pages.length });
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) expect(page.length).toBeLessThan(300_000);
    for (const page of pages.slice(0, -1)) expect(page.length).toBeGreaterThan(220_000);
    expect(pages.flatMap((page) => JSON.parse(page))).toEqual(pieces.map(({ content }) => content));
    expect(pages.flatMap((page) => parseTraces(JSON.parse(page)).spans)).toHaveLength(5_000);
    expect(facts?.bytes).toBe(pages.join('').length);
  });

  it('have the hash of their JSON as key: the same for the same window, another for any other', async () => {
    const pieces = Array.from({ length: 3_000 }, (_, n) =>
      zipkin(span(n, { tags: { 'http.url': `http://web/${n}` } })),
    );
    const { facts, pages } = await keep(pieces, secrets);
    expect(facts?.key).toBe(createHash('sha256').update(pages.join('')).digest('hex'));
    const leaves = createLeafRedactor(secrets);
    for (let round = 0; round < 2; round++) expect((await keep(pieces, secrets, leaves)).facts).toEqual(facts);
    expect((await keep(pieces.slice(1), secrets, leaves)).facts?.key).not.toBe(facts?.key);
  });

  it('read again become themselves: the same pages under the same key', async () => {
    const pieces = Array.from({ length: 4_000 }, (_, n) =>
      zipkin(
        span(n, { tags: { password: 'hunter2', user: `user${n}@example.com`, [`ben${n % 5}@example.com`]: 'x' } }),
      ),
    );
    const first = await keep(pieces, secrets);
    expect(first.pages.length).toBeGreaterThan(2);
    expect(first.pages.join()).not.toMatch(/hunter2|@example/);
    const again = first.pages.flatMap((page): unknown[] => JSON.parse(page));
    expect(await keep(again.map(zipkin), secrets)).toEqual(first);
  });

  it('are none for a window that holds nothing', async () => {
    expect(await keep([])).toEqual({ facts: undefined, pages: [] });
  });

  it('come one at a time', async () => {
    let open = 0;
    const made = createSnapshotPages({
      leaves: createLeafRedactor(undefined),
      onPage: async () => {
        expect(++open).toBe(1);
        await new Promise(setImmediate);
        open--;
      },
    });
    for (let n = 0; n < 8_000; n++) await made.add(zipkin(span(n)));
    expect((await made.end())?.pages).toBeGreaterThan(2);
  });

  it('fail with whoever takes them', async () => {
    const made = createSnapshotPages({
      leaves: createLeafRedactor(undefined),
      onPage: () => Promise.reject(new Error('away')),
    });
    await made.add(zipkin(span(1)));
    await expect(made.end()).rejects.toThrow('away');
  });

  it('survive values of any depth and keys of any name', async () => {
    let deep: unknown = 'bottom';
    for (let depth = 0; depth < 5_000; depth++) deep = depth % 2 ? [deep] : { deep };
    const odd: unknown = JSON.parse(
      '{"__proto__": {"constructor": "x"}, "toString": 1, "": null, "hasOwnProperty": true}',
    );
    const made = createSnapshotPages({
      leaves: createLeafRedactor(secrets),
      onPage: async (page) => {
        expect(gunzipSync(page).toString()).toContain(
          '{"__proto__":{"constructor":"x"},"toString":1,"":null,"hasOwnProperty":true}',
        );
      },
    });
    await made.add(zipkin(span(1, { tags: deep })));
    await made.add(zipkin(odd));
    expect((await made.end())?.pages).toBe(1);
  });
});

/** Blacks out words that begin with `s3cret`, and whatever stands behind `password=`. */
const simple: Redactor = async (text) => ({
  text: text.replace(/(?<=password=)[^\n]+|s3cret\w*/g, writeRedactionMark('test')),
  counts: {},
});

const word = fc.oneof(
  fc.string(),
  fc.constantFrom('s3cret1', 'a s3cret2 b', 'web', '\0', '\n\0\n', '12ab', '__proto__'),
);
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(word, tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('what a page shows', () => {
  it('is what was received, text for text, without secrets', async () => {
    const redacted = (text: string) => text.replace(/s3cret\w*/g, writeRedactionMark('test'));
    const texts = (list: readonly unknown[]) => list.flatMap(listStrings).map(redacted).sort();
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 5 }), async (contents) => {
        const asSent: unknown[] = JSON.parse(JSON.stringify(contents));
        const { pages } = await keep(asSent.map(zipkin), simple);
        const shown: unknown[] = pages.flatMap((page) => JSON.parse(page));
        expect(texts(shown)).toEqual(texts(asSent));
        if (!JSON.stringify(asSent).includes('s3cret')) expect(shown).toEqual(asSent);
      }),
      { numRuns: 300 },
    );
  });

  it('is the same with another memory, and without any', async () => {
    const leaves = createLeafRedactor(simple);
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 5 }), async (contents) => {
        const pieces = contents.map(zipkin);
        expect(await keep(pieces, simple, leaves)).toEqual(await keep(pieces, simple));
      }),
    );
  });

  it('is everything when redaction is off', async () => {
    const { pages } = await keep([zipkin(span(1, { tags: { password: 'hunter2' } }))]);
    expect(pages[0]).toContain('hunter2');
  });

  it(`has none of ${PLANTED_SECRETS.length} planted secrets, wherever they stand`, async () => {
    const pieces = PLANTED_SECRETS.flatMap(({ text }, n): TracePiece[] => [
      zipkin(span(n, { tags: { 'log.message': text }, annotations: [{ timestamp: 1, value: text }], [text]: 1 })),
      zipkin(span(n, { name: text, localEndpoint: { serviceName: text } })),
      {
        format: 'otlp',
        content: { scopeSpans: [{ spans: [{ attributes: [attribute('x', { stringValue: text })] }] }] },
        spans: 1,
      },
      { format: 'jaeger', content: { spans: [{ logs: [{ fields: [{ key: 'event', value: text }] }] }] }, spans: 1 },
    ]);
    const { pages } = await keep(pieces, secrets);
    const shown = pages.flatMap((page) => listStrings(JSON.parse(page))).join('\n\n');
    expect(PLANTED_SECRETS.filter(({ secret }) => shown.includes(secret)).map(({ make }) => make)).toEqual([]);
  }, 60_000);

  it.each([
    ['a tag of Zipkin', 'zipkin', (name: string, value: string) => ({ tags: { [name]: value } })],
    [
      'a tag of Jaeger',
      'jaeger',
      (name: string, value: string) => ({ spans: [{ tags: [{ key: name, type: 'string', value }] }] }),
    ],
    ['an attribute of OTLP', 'otlp', (name: string, value: string) => attribute(name, { stringValue: value })],
    [
      'a list of OTLP',
      'otlp',
      (name: string, value: string) => attribute(name, { arrayValue: { values: [{ stringValue: value }] } }),
    ],
  ] as const)('has no secret that only its name gives away: %s', async (_, format, build) => {
    const cases = [
      ['db.password', 'hunter two three'],
      ['DB_PASSWORD', '48151623'],
      ['http.request.header.x-api-key', 'a8F3kQ9zLm2Xc7Vb'],
      ['client_secret', '9f8e7d6c5b4a39281706f5e4d3c2b1a0'],
    ] as const;
    for (const [name, text] of cases) {
      const { pages } = await keep([{ format, content: build(name, text), spans: 1 }], secrets);
      expect(pages.join(), name).not.toContain(text);
      expect(pages.join(), name).toContain('(redacted:');
    }
  });

  it('leaves numbers numbers, also where a text says the same', async () => {
    const content = { tags: { ratio: '1.5' }, ratio: 1.5, big: 1e21, small: -0.25 };
    expect((await keep([zipkin(content)], secrets)).pages).toEqual([JSON.stringify([content])]);
  });

  it('has no password that is a number', async () => {
    const content = { attributes: [attribute('db.password', { intValue: 48_151_623 })] };
    const { pages } = await keep([{ format: 'otlp', content, spans: 1 }], secrets);
    expect(pages[0]).toContain('"intValue":"(redacted:password)"');
  });

  it('leaves names, ids, times and statements alone', async () => {
    const content = {
      resource: { attributes: [attribute('service.name', { stringValue: 'checkout' })] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
              spanId: '00f067aa0ba902b7',
              name: 'POST /orders/{id}',
              startTimeUnixNano: '1700000000000000000',
              attributes: [
                attribute('db.statement', { stringValue: 'SELECT * FROM orders WHERE id = 7' }),
                attribute('http.url', { stringValue: 'http://checkout:8080/orders/7?page=2' }),
                attribute('session.id', { stringValue: '7' }),
                attribute('messaging.kafka.message.key', { stringValue: 'order-7' }),
                attribute('thread.id', { intValue: '42' }),
              ],
            },
          ],
        },
      ],
    };
    const { pages } = await keep([{ format: 'otlp', content, spans: 1 }], secrets);
    expect(pages).toEqual([JSON.stringify({ resourceSpans: [content] })]);
  });

  it('skips only texts that no finder would touch', async () => {
    const all = createRedactor(['secrets', 'emails', 'ips']);
    const harmless = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF-'), maxLength: 64 });
    const texts = fc.sample(fc.oneof(harmless, fc.uuid(), fc.nat().map(String)), 500);
    for (const text of texts) expect((await all(text)).text).toBe(text);
  }, 60_000);
});

function attribute(key: string, value: object) {
  return { key, value };
}
