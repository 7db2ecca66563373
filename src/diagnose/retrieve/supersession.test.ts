import { expect, it } from 'vitest';
import { buildRunbook } from '../../testing/knowledge-builder.ts';
import { listSuperseded } from './supersession.ts';

const old = buildRunbook({ id: 'web/WebSlow' });
const namesake = buildRunbook({ id: 'db/WebSlow' });
const newer = (supersedes: string) => buildRunbook({ id: 'web/WebLatencyHigh', supersedes });

it.each(['web/WebSlow', 'web/WebSlow.md', 'WebSlow'])('a runbook is superseded by whoever says "%s"', (name) => {
  expect([...listSuperseded([old, newer(name)])]).toEqual(['web/WebSlow']);
});

it('the whole id decides where an end of it names several', () => {
  expect([...listSuperseded([old, namesake, newer('web/WebSlow')])]).toEqual(['web/WebSlow']);
  expect(listSuperseded([old, namesake, newer('WebSlow')]).size).toBe(0);
});

it('a name that is part of another supersedes nothing, nor does a runbook itself', () => {
  expect(listSuperseded([old, newer('Slow')]).size).toBe(0);
  expect(listSuperseded([buildRunbook({ id: 'a', supersedes: 'a' })]).size).toBe(0);
});
