import { describe, expect, it } from 'vitest';
import { startOf } from '../domain/alert.ts';
import { firing } from './__fixtures__/alerts.ts';
import { buildTaskGroup } from './task-group.ts';

const at = (second: number) => new Date(Date.UTC(2026, 2, 31, 12, 0, second)).toISOString();
const about = (alertname: string, service: string, second: number, pod = 'p') =>
  firing({ labels: { alertname, service, pod }, startsAt: at(second) });

describe('the group of a task', () => {
  it('holds the first of those that say the same of the same thing', () => {
    const group = buildTaskGroup([
      about('Slow', 'web', 1, 'a'),
      about('Slow', 'web', 2, 'b'),
      about('Down', 'db', 3),
      about('Slow', 'db', 4),
    ]);
    expect(group.alerts.map(({ labels }) => [labels['alertname'], labels['service'], labels['pod']])).toEqual([
      ['Slow', 'web', 'a'],
      ['Down', 'db', 'p'],
      ['Slow', 'db', 'p'],
    ]);
    expect(startOf(group)?.toISOString()).toBe(at(1));
  });

  it('stays as small as people can read', () => {
    const alerts = Array.from({ length: 200 }, (_, index) => about('Slow', `web-${index}`, 1));
    expect(buildTaskGroup(alerts).alerts).toHaveLength(50);
  });
});
