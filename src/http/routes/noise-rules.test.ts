import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NoiseDryRun } from '../../domain/noise-dry-run.ts';
import { NoiseRuleList } from '../../domain/noise-rule-list.ts';
import { createNoiseKeeper, type NoiseKeeper } from '../../noise-desk/keeper.ts';
import { createNoiseDesk, type NoiseDesk } from '../../noise-desk/noise-desk.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { createMemoryIntake } from '../../testing/memory-intake.ts';
import { keepPast } from '../../testing/noise-history.ts';
import { type Mounted, mount } from '../__fixtures__/mount.ts';
import { postJson, readProblem } from '../__fixtures__/serve.ts';
import { addNoiseRoutes } from './noise-rules.ts';

const now = () => new Date('2027-03-01T12:00:00Z');
const SAY = 'when the alert is WebSlow then filter it out';

let folder: KnowledgeFolder;
let keeper: NoiseKeeper;
let noise: NoiseDesk;
let everybody: Mounted;
let shop: Mounted;

beforeAll(async () => {
  folder = await createKnowledgeFolder({ 'noise/a.yaml': `rules: [{name: slow, say: ${SAY}, reason: r}]` });
  keeper = createNoiseKeeper({ listRoots: async () => [{ name: '', root: folder.path }], now });
  const history = createMemoryIntake();
  noise = createNoiseDesk({ keeper, history, listIncidents: async () => [], chatModel: undefined, now });
  const at = '2027-02-28T08:00:00.000Z';
  await keepPast(history, [
    { id: 'a', alertname: 'WebSlow', at },
    { id: 'b', alertname: 'WebSlow', at, namespace: 'shop', filteredBy: 'slow' },
  ]);
  everybody = await mount((api) => addNoiseRoutes(api, { noise, maxBodyBytes: 10_000 }));
  const principal = { name: 'shop', namespace: 'shop', scopes: ['read'] } as const;
  shop = await mount((api) => addNoiseRoutes(api, { noise, maxBodyBytes: 10_000 }), principal);
});
afterAll(async () => {
  await everybody[Symbol.asyncDispose]();
  await shop[Symbol.asyncDispose]();
  await keeper[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('noise rules over HTTP', () => {
  it('are listed, with what each hid', async () => {
    const response = await fetch(`${everybody.url}/v1/noise-rules?days=30`);
    expect(response.status).toBe(200);
    expect(NoiseRuleList.parse(await response.json())).toMatchObject({
      rules: [{ name: 'slow', state: 'disabled', words: SAY, filtered: { alerts: 1 } }],
      problems: [],
    });
  });

  it('are tried on the alerts that the caller may see', async () => {
    const alertsSeenBy = async ({ url }: Mounted) => {
      const response = await postJson(`${url}/v1/noise-rules/dry-run`, { say: SAY, days: 7 });
      expect(response.status).toBe(200);
      return NoiseDryRun.parse(await response.json()).history.alerts;
    };
    expect([await alertsSeenBy(everybody), await alertsSeenBy(shop)]).toEqual([2, 1]);
  });

  it.each([
    [{ say: 'when the alrt is A' }, 'say', 'at character 10'],
    [{ say: SAY, days: 0 }, 'days', ''],
    [{}, 'say', ''],
    [{ say: 'x'.repeat(2_001) }, 'say', ''],
  ])('%j is refused with its place', async (body, path, message) => {
    const problem = await readProblem(await postJson(`${everybody.url}/v1/noise-rules/dry-run`, body));
    expect(problem).toMatchObject({ status: 400, errors: [{ path, message: expect.stringContaining(message) }] });
  });

  it('name a parameter that is wrong', async () => {
    const response = await fetch(`${everybody.url}/v1/noise-rules?days=many`);
    expect(await readProblem(response)).toMatchObject({ status: 400, errors: [{ path: 'days' }] });
  });
});
