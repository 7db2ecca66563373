import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPrecedentError, type PrecedentError } from '../domain/errors.ts';
import type { ParsedTraces } from '../domain/trace.ts';
import { parseTraces } from './parse.ts';
import { readBody } from './read-body.ts';

const START = 1_767_225_600_000_000;
const FIXTURES = new URL('__fixtures__/', import.meta.url);

const SEEDS: readonly unknown[] = [
  {
    data: [
      {
        traceID: 't',
        spans: ['a', 'b', 'c'].map((spanID, at) => ({
          traceID: 't',
          spanID,
          operationName: 'GET /',
          references: at > 0 ? [{ refType: 'CHILD_OF', traceID: 't', spanID: 'a' }] : [],
          startTime: START + at,
          duration: 50 - at,
          tags: [
            { key: 'span.kind', value: 'client' },
            { key: 'peer.service', value: 'db' },
          ],
          processID: 'p',
        })),
        processes: { p: { serviceName: 'web' } },
      },
    ],
  },
  {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: 'orders' } }] },
        scopeSpans: [
          {
            scope: { name: 'http' },
            spans: ['aaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbb'].map((spanId) => ({
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId,
              parentSpanId: 'aaaaaaaaaaaaaaaa',
              name: 'GET /',
              kind: 3,
              startTimeUnixNano: `${START}000`,
              endTimeUnixNano: `${START + 5}000`,
              attributes: [{ key: 'http.status_code', value: { intValue: '500' } }],
              status: { code: 2 },
            })),
          },
        ],
      },
    ],
  },
  [
    {
      traceId: 't',
      id: 'a',
      name: 'get',
      kind: 'CLIENT',
      timestamp: START,
      duration: 10,
      localEndpoint: { serviceName: 'web' },
      remoteEndpoint: { serviceName: 'db' },
      tags: { error: 'timeout' },
    },
    { traceId: 't', id: 'a', kind: 'SERVER', shared: true, timestamp: START, localEndpoint: { serviceName: 'db' } },
    { traceId: 't', id: 'b', parentId: 'a', timestamp: START + 1 },
  ],
];

/** What a field may be turned into; the text is put into the JSON as it is, so that numbers may be any. */
const ODD = [
  'null',
  'true',
  '0',
  '-1',
  '1e999',
  '-1e999',
  '1e308',
  '-0',
  '5e-324',
  '9007199254740993',
  '1.5',
  '""',
  '"a"',
  '"-5"',
  '"NaN"',
  '"Infinity"',
  '"99999999999999999999"',
  '"\\u0000"',
  '"\\ud800"',
  '"__proto__"',
  '"constructor"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"__proto__":null}',
  '{"length":4294967295}',
  `"${'x'.repeat(200)}"`,
  `${'['.repeat(150)}${']'.repeat(150)}`,
] as const;

/** Turns the nth value into another, or repeats it, or leaves it out. */
const mutation = fc.record({
  nth: fc.nat(120),
  odd: fc.constantFrom(...ODD),
  how: fc.constantFrom('replace', 'repeat', 'drop'),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never;

function mutate(value: unknown, { nth, odd, how }: Mutation): unknown {
  let seen = 0;
  const change = (item: unknown): unknown[] => {
    if (seen++ !== nth) return [walk(item)];
    if (how === 'drop') return [];
    return how === 'repeat' ? [walk(item), walk(item)] : [`@@${odd}@@`];
  };
  const walk = (at: unknown): unknown => {
    if (Array.isArray(at)) return at.flatMap(change);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(
      Object.entries(at).flatMap(([key, item]) => change(item).map((changed) => [key, changed])),
    );
  };
  return walk(value);
}

function toText(value: unknown): string {
  return JSON.stringify(value).replace(/"@@.*?@@"/g, (marked) => String(JSON.parse(marked)).slice(2, -2));
}

type Outcome = { readonly traces: ParsedTraces } | { readonly error: PrecedentError };
const CODES = ['input-invalid', 'input-too-large', 'trace-format-unknown', 'trace-invalid'];

async function outcomeOf(read: () => ParsedTraces | Promise<ParsedTraces>): Promise<Outcome> {
  try {
    return { traces: await read() };
  } catch (error) {
    if (!isPrecedentError(error)) throw error;
    expect(CODES).toContain(error.code);
    return { error };
  }
}

async function readText(text: string, maxBytes: number): Promise<ParsedTraces> {
  async function* bytes() {
    yield Buffer.from(text);
  }
  const options = {
    encoding: 'auto',
    windows: { incident: [] },
    maxBytes: 1e7,
    maxSpans: 1000,
    onPiece: () => {},
  } as const;
  const { windows } = await readBody(bytes(), options, { maxItems: 2, maxBytes });
  if (!windows.incident) throw new Error('no window');
  return windows.incident;
}

/** However it is read, it is the same; and what is read can be trusted. */
async function expectSound(text: string): Promise<Outcome> {
  const inMemory = await outcomeOf(() => parseTraces(JSON.parse(text), 1000));
  for (const maxBytes of [16, 200, 1e6]) {
    const streamed = await outcomeOf(() => readText(text, maxBytes));
    if ('traces' in inMemory) expect(streamed).toEqual(inMemory);
    else if ('error' in streamed) expect(streamed.error.code).toBe(inMemory.error.code);
    else throw new Error(`read from a stream, but refused in memory: ${inMemory.error.message}`);
  }
  if ('traces' in inMemory) expectTrustworthy(inMemory.traces);
  return inMemory;
}

function expectTrustworthy({ spans }: ParsedTraces): void {
  const parents = new Map(spans.map((span) => [`${span.traceId}\n${span.spanId}`, span.parentId]));
  expect(parents.size).toBe(spans.length);
  for (const span of spans) {
    expect(Number.isFinite(span.startUs) && Number.isFinite(span.durationUs) && span.durationUs >= 0).toBe(true);
    expect([typeof span.service, typeof span.operation]).toEqual(['string', 'string']);
    let steps = 0;
    for (let at = span.parentId; at !== undefined; at = parents.get(`${span.traceId}\n${at}`)) {
      expect(++steps).toBeLessThanOrEqual(spans.length);
    }
  }
}

test('any mutation of any format is read or refused, the same way however it comes', async () => {
  const mutated = fc
    .tuple(fc.constantFrom(...SEEDS), fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([seed, mutations]) => toText(mutations.reduce(mutate, seed)));
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => void (await expectSound(text))),
    { numRuns: 250 },
  );
}, 60_000);

test('any bytes are read or refused', async () => {
  const text = fc.constantFrom(...SEEDS.map((seed) => JSON.stringify(seed)));
  const splice = fc.tuple(text, fc.nat(2000), fc.nat(4), fc.string({ maxLength: 4 }));
  await fc.assert(
    fc.asyncProperty(splice, async ([whole, at, cut, insert]) => {
      const broken = whole.slice(0, at) + insert + whole.slice(at + cut);
      const outcomes = await Promise.all([16, 1e6].map((maxBytes) => outcomeOf(() => readText(broken, maxBytes))));
      expect(outcomes.map((outcome) => 'traces' in outcome)).toEqual(Array(2).fill('traces' in (outcomes[0] ?? {})));
    }),
    { numRuns: 150 },
  );
}, 60_000);

describe('what once went wrong stays right', () => {
  test.each(readdirSync(FIXTURES))('%s', async (name) => {
    const { why: _, expected, body } = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));
    const outcome = await expectSound(typeof body === 'string' ? body : JSON.stringify(body));
    const found = 'traces' in outcome ? outcome.traces.repairs : outcome.error.code;
    expect(found).toEqual(expected);
  });
});
