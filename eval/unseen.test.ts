import { describe, expect, it } from 'vitest';
import { renderUnseen } from './commands/unseen.ts';
import type { DigestCase } from './digest-cases.ts';
import { buildReport } from './unseen.ts';

const row = (id: string, fault_type: string): DigestCase => ({
  id,
  system: 'shop',
  split: 'test',
  root_cause_service: 'orders',
  fault_type,
  trace_anomalies: [],
  metric_anomalies: [],
  log_templates: [],
});

type Outcome = Parameters<typeof buildReport>[0][number];

const outcome = (id: string, kind: string, heldOut: string | undefined, fields: Partial<Outcome> = {}): Outcome => ({
  row: row(id, kind),
  heldOut,
  isCalledNew: false,
  isAbstained: false,
  namesNew: false,
  best: { service: 'orders', category: kind },
  bestKnown: { service: 'orders', category: kind },
  ...fields,
});

const called = { isCalledNew: true, namesNew: true, best: { service: 'orders', category: 'unseen' } };

describe('the report on unseen kinds of fault, computed by hand', () => {
  const report = buildReport(
    [
      outcome('a', 'leak', undefined),
      outcome('a', 'leak', 'leak', called),
      outcome('a', 'leak', 'dns', called),
      outcome('b', 'dns', undefined, called),
      outcome('b', 'dns', 'dns'),
      outcome('b', 'dns', 'leak'),
      outcome('c', 'dns', undefined),
      outcome('c', 'dns', 'dns', { ...called, isAbstained: true, best: { service: 'web', category: 'unseen' } }),
      outcome('c', 'dns', 'leak'),
    ],
    { system: 'shop', protocol: 'drawn' },
  );

  it('counts hits among cases whose kind was left out, and alarms among the others', () => {
    expect(report).toMatchObject({ asked: 3, categories: 2, recall: { n: 3 } });
    expect(report.recall.value).toBeCloseTo(2 / 3);
    expect(report.falseAlarms.value).toBeCloseTo(1 / 3);
    expect(report.precision.balanced.value).toBeCloseTo(2 / 3);
    expect(report.precision.natural.value).toBeCloseTo(2 / 3);
  });

  it('tells an answer at a service from an abstention', () => {
    const { answered, rightly, abstained, service } = report.heldOut;
    expect([answered, rightly, abstained, service].map(({ value }) => Math.round(value * 3))).toEqual([1, 1, 1, 2]);
  });

  it('says what naming new kinds costs where nothing is left out', () => {
    const { falseUnseen, withUnseen, withoutUnseen } = report.ordinary;
    expect(falseUnseen.value).toBeCloseTo(1 / 3);
    expect(withUnseen.category.value).toBeCloseTo(2 / 3);
    expect(withoutUnseen.category.value).toBe(1);
    expect(withUnseen.service.value).toBe(1);
  });

  it('draws cases for its intervals, not single questions', () => {
    const { low, high } = report.recall;
    expect(low).toBe(0);
    expect(high).toBe(1);
  });

  it('reads as tables', () => {
    expect(renderUnseen([report])).toMatch(/\| shop, drawn \| 3 \| 2 \| \.667 \[/);
  });
});
