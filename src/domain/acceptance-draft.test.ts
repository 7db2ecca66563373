import { describe, expect, it } from 'vitest';
import { buildIncoming, buildReceivedAlert, STARTED } from '../testing/intake-builder.ts';
import { acceptGroups } from './acceptance.ts';
import type { KeptAlert, Known } from './kept-alert.ts';

const AT = new Date('2026-03-10T14:00:00.000Z');
const COUNT = 2_000;

/** The moment so many milliseconds after the first start. */
const later = (ms: number) => new Date(Date.parse(STARTED) + ms).toISOString();

/** Alerts that are known, all of one fingerprint, and how often they are looked through. */
function knowing(alerts: readonly KeptAlert[]) {
  const asked = { siblings: 0 };
  const known: Known = {
    findAlert: () => undefined,
    findSiblings: () => {
      asked.siblings++;
      return alerts;
    },
    findOccurrence: () => undefined,
    findOpen: () => undefined,
  };
  return { known, asked };
}

const firingSince = (startsAt: string): KeptAlert => ({
  ...{ namespace: 'default', sender: 'alertmanager', fingerprint: 'a', startsAt, receivedAt: startsAt },
  alert: buildReceivedAlert('a', { startsAt }),
});

describe('alerts of one fingerprint that come in thousands', () => {
  it('are looked up once, and the first end that is told ends all that began before it', () => {
    const { known, asked } = knowing(Array.from({ length: COUNT }, (_, at) => firingSince(later(10 * at))));
    const alerts = Array.from({ length: COUNT }, (_, at) =>
      buildReceivedAlert('a', { status: 'resolved', startsAt: later(10 * at + 5), endsAt: later(60_000 + at) }),
    );
    const { ended } = acceptGroups([buildIncoming('o1', { alerts })], known, AT);
    expect(asked.siblings).toBe(1);
    expect(ended.size).toBe(COUNT);
    expect(new Set(ended.values())).toEqual(new Set([later(60_000)]));
  });
});
