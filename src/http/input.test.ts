import { expect, test } from 'vitest';
import { z } from 'zod';
import type { PrecedentError } from '../domain/errors.ts';
import { DiagnosisRequest } from '../domain/request.ts';
import { parseInput } from './input.ts';

function problemsOf(schema: z.ZodType, value: unknown) {
  try {
    parseInput(schema, value);
  } catch (error) {
    // parseInput throws nothing else.
    return (error as PrecedentError).problems;
  }
  return [];
}

test('every mistake has its path', () => {
  const problems = problemsOf(DiagnosisRequest, {
    alert: { labels: { service: [] }, startsAt: 'yesterday' },
    options: { k: 0, engine: 'oracle' },
    traceDigest: { signals: ['too few'] },
  });
  expect(problems.map(({ path }) => path)).toEqual([
    'alert.labels.service',
    'alert.startsAt',
    'traceDigest.signals[0]',
    'options.k',
    'options.engine',
  ]);
});

test('a mistake inside one of several alternatives is told by the alternative that was meant', () => {
  const problems = problemsOf(DiagnosisRequest, { alerts: [{ labels: { a: 'b' } }, { startsAt: 12 }] });
  expect(problems).toEqual([{ path: 'alerts[1].startsAt', message: expect.stringContaining('expected string') }]);
});

test('a value that is none of the alternatives has its own path', () => {
  expect(problemsOf(DiagnosisRequest, { alerts: 5 }).map(({ path }) => path)).toEqual(['alerts']);
});

test.each([null, 5, 'text', [], true])('%j is no object, and the body says so', (value) => {
  expect(problemsOf(DiagnosisRequest, value).map(({ path }) => path)).toEqual(['(body)']);
});

test('thousands of mistakes are told in one page', () => {
  expect(problemsOf(z.array(z.string()), Array(5_000).fill(0))).toHaveLength(100);
});

test('a long name is cut in the path, and tells nothing more', () => {
  const [problem] = problemsOf(z.object({ labels: z.record(z.string(), z.string()) }), {
    labels: { ['x'.repeat(1_000_000)]: 5 },
  });
  expect(problem?.path).toBe(`labels.${'x'.repeat(100)}…`);
  expect(problem?.message.length).toBeLessThan(200);
});
