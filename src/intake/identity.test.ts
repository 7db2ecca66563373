import { describe, expect, it } from 'vitest';
import { isPrecedentError } from '../domain/errors.ts';
import { RECEIVED_AT } from './__fixtures__/deliveries.ts';
import { buildGroups, fingerprintOf, identify } from './identity.ts';

const told = { isFiring: true, labels: { alertname: 'High', service: 'web' }, annotations: {} };

describe('the fingerprint', () => {
  it('is that of the labels where the sender gives none, in whatever order they come', () => {
    const alert = identify(told, RECEIVED_AT);
    expect(alert.fingerprint).toBe(fingerprintOf({ service: 'web', alertname: 'High' }));
    expect(alert.fingerprint).not.toBe(fingerprintOf({ service: 'web', alertname: 'Higher' }));
  });

  it('is the sender’s own as long as that is an identifier, and stays bounded', () => {
    expect(identify({ ...told, fingerprint: 'abc' }, RECEIVED_AT).fingerprint).toBe('abc');
    expect(identify({ ...told, fingerprint: 'x'.repeat(4_000) }, RECEIVED_AT).fingerprint).toHaveLength(32);
  });
});

describe('the start', () => {
  const start = new Date('2026-03-01T09:00:00Z');
  const later = new Date('2026-03-01T09:30:00Z');

  it('is what the sender says', () => {
    const alert = identify({ ...told, startsAt: start, toldAt: later }, RECEIVED_AT);
    expect(alert).toMatchObject({ startsAt: start.toISOString() });
    expect(alert.startIsGuessed).toBeUndefined();
  });

  it('is a guess, and called one, where the sender only says when it told, or nothing', () => {
    expect(identify({ ...told, toldAt: later }, RECEIVED_AT)).toMatchObject({
      startsAt: later.toISOString(),
      startIsGuessed: true,
    });
    expect(identify(told, RECEIVED_AT).startsAt).toBe(RECEIVED_AT.toISOString());
  });
});

describe('the end', () => {
  it('is there for what is resolved alone, and is the arrival where nobody says', () => {
    const end = new Date('2026-03-01T09:00:00Z');
    expect(identify({ ...told, endsAt: end }, RECEIVED_AT).endsAt).toBeUndefined();
    expect(identify({ ...told, isFiring: false, endsAt: end }, RECEIVED_AT).endsAt).toBe(end.toISOString());
    expect(identify({ ...told, isFiring: false }, RECEIVED_AT).endsAt).toBe(RECEIVED_AT.toISOString());
  });
});

describe('groups', () => {
  const alerts = (count: number) =>
    Array.from({ length: count }, (_, at) => identify({ ...told, fingerprint: `f${at}` }, RECEIVED_AT));

  it('of a large delivery keep their key and all of their alerts', () => {
    const groups = buildGroups({ groupKey: 'k' }, alerts(2_500));
    expect(groups.map(({ groupKey, alerts }) => [groupKey, alerts.length])).toEqual([
      ['k', 1_000],
      ['k', 1_000],
      ['k', 500],
    ]);
  });

  it('are refused in words that say what to do when no one could handle them', () => {
    const refused = (() => {
      try {
        return buildGroups({ groupKey: 'k' }, alerts(5_001));
      } catch (error) {
        return error;
      }
    })();
    expect(isPrecedentError(refused, 'input-too-large') && refused.message).toContain('at most 5000');
  });
});
