import { describe, expect, it } from 'vitest';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import { buildIncident } from '../../testing/knowledge-builder.ts';
import type { CauseChances } from '../causes/chances.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from '../predict/by-precedent.ts';
import { stabilityFeatures } from './stability.ts';

const past = (id: string, service: string, category: string, score: number) =>
  rankIncident(buildIncident({ id, category, rootCause: { service, summary: category } }), score);

function judge(fields: Partial<Evidence>, cause?: { readonly service: string; readonly category: string }) {
  const evidence = buildEvidence(fields);
  const said = predictByPrecedent(evidence);
  const features = stabilityFeatures(evidence, { ...said, rootCause: { ...said.rootCause, ...cause } });
  return new Map(features.map((feature) => [feature.name, feature]));
}

describe('stability', () => {
  it('is full where others tell of the same cause, and none where one precedent alone does', () => {
    const shared = judge({ precedents: [past('a', 'web', 'leak', 0.9), past('b', 'web', 'leak', 0.8)] });
    expect(shared.get('stability')).toMatchObject({ value: 1 });
    expect(shared.get('stability')?.reason).toContain('without a this cause still leads with 100 %');
    const alone = judge({ precedents: [past('a', 'web', 'leak', 0.9), past('b', 'orders', 'dns', 0.5)] });
    expect(alone.get('stability')).toMatchObject({ value: 0, reason: 'without a nothing speaks for this cause' });
  });

  it('is below a half where another cause would be named then, and says so', () => {
    const precedents = [past('a', 'web', 'leak', 0.9), past('b', 'orders', 'dns', 0.8), past('c', 'web', 'leak', 0.6)];
    const found = judge({ precedents }).get('stability');
    expect(found?.value).toBeGreaterThan(0);
    expect(found?.value).toBeLessThan(0.5);
    expect(found?.reason).toContain('no longer leads');
  });

  it('is none of a cause that no precedent speaks for, and nothing is said without precedents', () => {
    const swapped = judge({ precedents: [past('a', 'web', 'leak', 0.9)] }, { service: 'orders', category: 'dns' });
    expect(swapped.get('stability')?.value).toBe(0);
    expect(judge({}).size).toBe(0);
  });

  it('falls with every source of signals without which another cause would be named', () => {
    const row = (service: string, category: string, chance: number) => ({ service, category, chance });
    const web = [row('web', 'leak', 0.8), row('orders', 'dns', 0.2)];
    const orders = [row('orders', 'dns', 0.7), row('web', 'leak', 0.3)];
    const precedents = [past('a', 'web', 'leak', 0.9)];
    const of = (without: CauseChances['without']) =>
      judge({ precedents, chances: { all: web, without } }).get('source-stability');
    const steady = of(
      new Map([
        ['log', web],
        ['metric', web],
      ]),
    );
    expect(steady?.value).toBeCloseTo(0.8, 12);
    expect(steady?.reason).toBe('the signals name this cause without any one of log, metric');
    const shaky = of(
      new Map([
        ['log', web],
        ['metric', orders],
      ]),
    );
    expect(shaky?.value).toBeCloseTo(0.55, 12);
    expect(shaky?.reason).toBe('the signals name another cause without metric');
    expect(of(new Map())).toBeUndefined();
  });
});
