import { expect, it } from 'vitest';
import { buildRunbook } from '../../testing/knowledge-builder.ts';
import { findSuccessors } from './supersession.ts';

const old = buildRunbook({ id: 'web/WebSlow' });
const namesake = buildRunbook({ id: 'db/WebSlow' });
const newer = (supersedes: string) => buildRunbook({ id: 'web/WebLatencyHigh', supersedes });

it.each(['web/WebSlow', 'web/WebSlow.md', 'WebSlow'])('a runbook is superseded by whoever says "%s"', async (name) => {
  expect([...(await findSuccessors([old, newer(name)]))]).toEqual([['web/WebSlow', 'web/WebLatencyHigh']]);
});

it('the whole id decides where an end of it names several', async () => {
  expect([...(await findSuccessors([old, namesake, newer('web/WebSlow')]))]).toEqual([
    ['web/WebSlow', 'web/WebLatencyHigh'],
  ]);
  expect((await findSuccessors([old, namesake, newer('WebSlow')])).size).toBe(0);
});

it('a name that is part of another supersedes nothing, nor does a runbook itself', async () => {
  expect((await findSuccessors([old, newer('Slow')])).size).toBe(0);
  expect((await findSuccessors([buildRunbook({ id: 'a', supersedes: 'a' })])).size).toBe(0);
});

it('six thousand runbooks are gone through once, and others have their turns meanwhile', async () => {
  const runbooks = Array.from({ length: 6_000 }, (_, at) =>
    buildRunbook({ id: `team-${at % 50}/Runbook${at}`, supersedes: `Runbook${at + 1}.md` }),
  );
  let turns = 0;
  const count = () => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const started = performance.now();
  expect((await findSuccessors(runbooks)).size).toBe(5_999);
  clearImmediate(next);
  expect(turns).toBeGreaterThan(5);
  // Each against each would take several seconds.
  expect(performance.now() - started).toBeLessThan(1_500);
});
