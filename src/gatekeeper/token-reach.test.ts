import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AccessToken } from '../domain/access.ts';
import { mayDo, type Principal, Scope } from '../domain/principal.ts';
import { createMemoryAccess } from '../testing/memory-access.ts';
import { createGatekeeper } from './gatekeeper.ts';
import { createTokenDesk, type TokenDesk } from './token-desk.ts';

const namespace = fc.constantFrom('*', 'default', 'team-a', 'team-b');
const step = fc.record({
  what: fc.constantFrom('create' as const, 'rotate' as const, 'revoke' as const),
  /** Who does it: one of the tokens made so far, or whoever was there before them. */
  by: fc.nat(),
  target: fc.nat(),
  namespace,
  scopes: fc.uniqueArray(fc.constantFrom(...Scope.options), { minLength: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const reaches = (within: string, { namespace: other }: AccessToken) => within === '*' || within === other;

/** A desk over an empty casebook, on which each step is taken by whoever the gatekeeper finds a token to be. */
function openOffice(root: string) {
  let [seed, seconds] = [0, 0];
  const access = createMemoryAccess();
  const now = () => new Date(Date.parse('2026-03-31T12:00:00Z') + seconds * 1_000);
  // Foreseeable, so that a run can be repeated.
  const randomBytes = (size: number) => createHash('sha256').update(String(seed++)).digest().subarray(0, size);
  const audit = { record: async () => {} };
  const desk = createTokenDesk({ access, audit, randomBytes, now, onChanged: () => {} });
  const claims = { scope: 'scope', namespace: 'namespace', name: 'sub' };
  const keeper = createGatekeeper({
    access,
    apiTokens: [],
    mode: 'required',
    claims,
    now,
    elapsed: () => seconds * 1_000,
  });
  const shown: string[] = [];

  async function actorOf({ by }: Step): Promise<Principal | undefined> {
    seconds += 10;
    const token = shown[by % (shown.length + 1)];
    if (!token) return { name: 'founder', namespace: root, scopes: ['admin'] };
    const actor = await keeper.identify(`Bearer ${token}`).catch(() => undefined);
    // The authorisation lets nobody else so far.
    return actor && mayDo(actor, 'admin') ? actor : undefined;
  }

  async function take(actor: Principal, taken: Step, before: readonly AccessToken[]): Promise<void> {
    const id = before[taken.target % Math.max(1, before.length)]?.id ?? 'none';
    const made = await attempt(desk, actor, taken, id).catch(() => undefined);
    if (made) shown.push(made);
  }

  return { access, desk, actorOf, take };
}

async function attempt(desk: TokenDesk, actor: Principal, wish: Step, id: string): Promise<string | undefined> {
  if (wish.what === 'create') return (await desk.create(actor, { name: 'x', ...wish })).token;
  if (wish.what === 'rotate') return (await desk.rotate(actor, id)).token;
  await desk.revoke(actor, id);
  return undefined;
}

it('nobody comes to reach a namespace that whoever let them in could not', async () => {
  let touches = 0;
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 10, maxLength: 25 }),
    namespace,
    async (steps, root) => {
      const office = openOffice(root);
      for (const taken of steps) {
        const actor = await office.actorOf(taken);
        if (!actor) continue;
        const before = await office.access.listTokens();
        await office.take(actor, taken, before);
        const after = await office.access.listTokens();
        const known = new Set(before.map((token) => JSON.stringify(token)));
        const touched = after.filter((token) => !known.has(JSON.stringify(token)));
        touches += touched.length;
        expect(after.filter((token) => !reaches(root, token))).toEqual([]);
        expect(touched.filter((token) => !reaches(actor.namespace, token))).toEqual([]);
        expect((await office.desk.list(actor)).filter((token) => !reaches(actor.namespace, token))).toEqual([]);
      }
    },
  );
  await fc.assert(property, { numRuns: 100 });
  expect(touches, 'the steps did something').toBeGreaterThan(100);
});
