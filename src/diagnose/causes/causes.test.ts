import { describe, expect, it } from 'vitest';
import type { Incident } from '../../domain/document.ts';
import { buildGraph, buildIncident } from '../../testing/knowledge-builder.ts';
import { buildCauseIndex } from './causes.ts';

const SERVICES = ['web', 'orders', 'checkout', 'stock'];
/** What the culprit itself shows, by category; everything else is noise that every incident shows. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  leak: ['memory up', 'restarts up'],
  throttled: ['cpu up', 'throttling up'],
  partition: ['traffic down'],
};

function buildHistory(services: readonly string[], date = '2026-01-01'): Incident[] {
  return Object.keys(SHOWN).flatMap((category) =>
    services.map((service) =>
      buildIncident({
        id: `${category}-${service}`,
        date,
        category,
        services: [service],
        rootCause: { service, summary: `${category} at ${service}` },
        signals: signalsOf(category, service),
      }),
    ),
  );
}

function signalsOf(category: string, service: string): string[] {
  const own = (SHOWN[category] ?? []).map((what) => `metric ${service}-0 ${what}`);
  return [...own, 'metric web-0 latency up', 'trace web-0 outside-0>GET latency'];
}

const graph = buildGraph('web > orders', 'web > checkout', 'web > stock');
const index = await buildCauseIndex(buildHistory(SERVICES), graph);

describe('what history teaches about causes', () => {
  it.each(Object.keys(SHOWN))('names service and category of a %s by its signals', async (category) => {
    const [best] = await index.explain(signalsOf(category, 'orders'));
    expect(best).toMatchObject({ service: 'orders', category });
    expect(best?.backers[0]?.incident.id).toBe(`${category}-orders`);
  });

  it('counts a precedent on another service by the part that the service played in it', async () => {
    const [best] = await index.explain(signalsOf('throttled', 'payments'));
    expect(best).toMatchObject({ service: 'payments', category: 'throttled' });
    expect(best?.backers.length).toBeGreaterThan(0);
    expect(best?.backers.every(({ incident }) => incident.category === 'throttled')).toBe(true);
  });

  it('backs every explanation with an incident of its category, and says in words what speaks for it', async () => {
    const causes = await index.explain(signalsOf('leak', 'stock'));
    for (const { category, backers } of causes) expect(backers[0]?.incident.category).toBe(category);
    expect(causes[0]?.reasons.map(({ told }) => told)).toContain('itself restarts up');
    expect(causes.reduce((sum, { chance }) => sum + chance, 0)).toBeLessThanOrEqual(1 + 1e-9);
  });

  it('is silent without signals, and when nothing like them was ever seen', async () => {
    expect(await index.explain([])).toEqual([]);
    expect(await index.explain(['log mailer bounce new'])).toEqual([]);
  });

  it('is silent while the history is short, says no services, or no categories', async () => {
    const history = buildHistory(SERVICES);
    const signals = signalsOf('leak', 'orders');
    const short = await buildCauseIndex(history.slice(0, 4), graph);
    const nameless = await buildCauseIndex(
      history.map(({ rootCause: _, ...incident }) => incident),
      graph,
    );
    const unsorted = await buildCauseIndex(
      history.map(({ category: _, ...incident }) => incident),
      graph,
    );
    for (const one of [short, nameless, unsorted]) expect(await one.explain(signals)).toEqual([]);
  });

  it('learns nothing from a cause that was found to be wrong', async () => {
    const wrong = buildHistory(SERVICES).map((incident) =>
      incident.category === 'leak' ? { ...incident, supersededBy: 'throttled-web' } : incident,
    );
    const causes = await (await buildCauseIndex(wrong, graph)).explain(signalsOf('leak', 'orders'));
    expect(causes.map(({ category }) => category)).not.toContain('leak');
  });

  it('knows as of a day only what had happened by then', async () => {
    const early = buildHistory(SERVICES).filter(({ category }) => category !== 'leak');
    const late = buildHistory(SERVICES, '2026-06-01').filter(({ category }) => category === 'leak');
    const both = await buildCauseIndex([...early, ...late], graph);
    const signals = signalsOf('leak', 'orders');
    const then = await both.explain(signals, { asOf: new Date('2026-03-01') });
    expect(then.map(({ category }) => category)).not.toContain('leak');
    expect((await both.explain(signals, { asOf: new Date('2026-07-01') }))[0]?.category).toBe('leak');
    expect(await both.explain(signals, { asOf: new Date('2025-01-01') })).toEqual([]);
  });

  it('learns nothing from incidents that are withheld', async () => {
    const signals = signalsOf('leak', 'orders');
    const withheld = SERVICES.map((service) => `leak-${service}`);
    expect((await index.explain(signals, { withheld })).map(({ category }) => category)).not.toContain('leak');
    const [best] = await index.explain(signals, { withheld: ['leak-orders'] });
    expect(best).toMatchObject({ service: 'orders', category: 'leak' });
    expect(best?.backers.map(({ incident }) => incident.id)).not.toContain('leak-orders');
  });

  it('learns as of a day from what was corrected only later', async () => {
    const correction = { ...buildHistory(['web'], '2026-06-01')[0], id: 'correction' };
    const wrong = buildHistory(SERVICES).map((incident) =>
      incident.category === 'leak' ? { ...incident, supersededBy: 'correction' } : incident,
    );
    const learnt = await buildCauseIndex([...wrong, buildIncident(correction)], graph);
    const signals = signalsOf('leak', 'orders');
    expect((await learnt.explain(signals, { asOf: new Date('2026-03-01') }))[0]?.category).toBe('leak');
    const later = await learnt.explain(signals, { asOf: new Date('2026-07-01') });
    expect(later[0]?.backers.map(({ incident }) => incident.id)).not.toContain('leak-orders');
  });

  it('weighs every cause, and what each source of signals is worth', async () => {
    const signals = [...signalsOf('leak', 'orders'), 'log orders out_of_memory new'];
    const chances = await index.weigh(signals);
    expect(chances?.all).toHaveLength(SERVICES.length * Object.keys(SHOWN).length);
    expect(chances?.all.reduce((sum, { chance }) => sum + chance, 0)).toBeCloseTo(1, 9);
    const [best] = await index.explain(signals);
    expect(chances?.all[0]).toMatchObject({ service: best?.service, category: best?.category, chance: best?.chance });
    expect([...(chances?.without.keys() ?? [])].sort()).toEqual(['log', 'metric', 'trace']);
    expect(chances?.without.get('metric')?.[0]?.chance).toBeLessThan(chances?.all[0]?.chance ?? 0);
  });

  it('leaves out no source where there is one, and weighs nothing where nothing is known', async () => {
    expect((await index.weigh(['metric orders-0 memory up']))?.without.size).toBe(0);
    expect(await index.weigh([])).toBeUndefined();
    expect(await index.weigh(['log mailer bounce new'])).toBeUndefined();
  });

  describe('of kinds of fault that it does not hold', () => {
    const many = Array.from({ length: 5 }, (_, at) => buildHistory(SERVICES, `2026-0${at + 1}-01`)).flatMap((all, at) =>
      all.map((incident) => ({ ...incident, id: `${incident.id}-${at}` })),
    );
    const mixed = ['memory', 'cpu'].map((what) => `metric orders-0 ${what} up`).concat('metric orders-0 traffic down');

    it('tells a mixture of kinds from each of them, at the service that shows it', async () => {
      const learnt = await buildCauseIndex(many, graph);
      const strange = await learnt.judgeNovelty(mixed);
      expect(strange).toMatchObject({ service: 'orders', n: 60, stranger: 0 });
      expect(strange?.nearest.length).toBe(3);
      const known = await learnt.judgeNovelty(signalsOf('leak', 'orders'));
      expect(known?.p).toBeGreaterThan(0.25);
      expect(known?.nearest.map(({ category }) => category)).toEqual(['leak', 'leak', 'leak']);
    });

    it('judges at the service that else speaks most, too', async () => {
      const learnt = await buildCauseIndex(many, graph);
      const other = await learnt.judgeNovelty(mixed, {}, (service) => (service === 'stock' ? 1 : 0));
      expect(other?.service).toBe('stock');
    });

    it('says nothing without signals, or as of a day when too little was known', async () => {
      const learnt = await buildCauseIndex(many, graph);
      expect(await learnt.judgeNovelty([])).toBeUndefined();
      expect(await learnt.judgeNovelty(['log mailer bounce new'])).toBeUndefined();
      expect(await learnt.judgeNovelty(mixed, { asOf: new Date('2026-05-01') })).toBeUndefined();
      expect(await learnt.judgeNovelty(mixed, { withheld: ['leak-web-0'] })).toBeUndefined();
      expect(await learnt.judgeNovelty(mixed, { asOf: new Date('2026-06-01') })).toBeDefined();
    });
  });

  it('says the same in whatever order it was told', async () => {
    const backwards = await buildCauseIndex(buildHistory(SERVICES).reverse(), graph);
    const signals = signalsOf('partition', 'checkout');
    expect(await backwards.explain(signals)).toEqual(await index.explain(signals));
  });
});
