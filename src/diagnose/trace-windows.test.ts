import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planTraceWindows, type TraceWindowPlan } from './trace-windows.ts';

const SETTINGS = { windowSeconds: 600, baselineGapSeconds: 600 };
const at = (time: string) => new Date(`2026-03-31T${time}Z`);
const clock = ({ from, to }: TraceWindowPlan['incident']) =>
  `${from.toISOString().slice(11, 19)}–${to.toISOString().slice(11, 19)}`;

interface Case {
  readonly what: string;
  readonly startsAt?: string;
  readonly asOf?: string;
  readonly now?: string;
  readonly settings?: Partial<typeof SETTINGS>;
  readonly services?: readonly string[];
}

function plan({ startsAt, asOf, now = '18:00:00', settings, services = ['web'] }: Case) {
  const situation = {
    services,
    ...(startsAt === undefined ? {} : { startsAt: at(startsAt) }),
    ...(asOf === undefined ? {} : { asOf: at(asOf) }),
  };
  return planTraceWindows(situation, at(now), { ...SETTINGS, ...settings });
}

describe('the windows that are asked for', () => {
  it.each<Case & { readonly incident: string; readonly baseline: string }>([
    {
      what: 'have the start of the alert in the middle of the incident window',
      startsAt: '12:00:00',
      incident: '11:55:00–12:05:00',
      baseline: '11:35:00–11:45:00',
    },
    {
      what: 'end now for an alert that has just fired, and are the shorter for it',
      startsAt: '12:00:00',
      now: '12:00:20',
      incident: '11:55:00–12:00:20',
      baseline: '11:39:40–11:45:00',
    },
    {
      what: 'end at asOf',
      startsAt: '12:00:00',
      asOf: '12:02:00',
      incident: '11:55:00–12:02:00',
      baseline: '11:38:00–11:45:00',
    },
    {
      what: 'are those of the alert whatever asOf lies later',
      startsAt: '12:00:00',
      asOf: '17:00:00',
      incident: '11:55:00–12:05:00',
      baseline: '11:35:00–11:45:00',
    },
    {
      what: 'are as long as they are told to be',
      startsAt: '12:00:00',
      settings: { windowSeconds: 120 },
      incident: '11:59:00–12:01:00',
      baseline: '11:47:00–11:49:00',
    },
    {
      what: 'may lie side by side',
      startsAt: '12:00:00',
      settings: { baselineGapSeconds: 0 },
      incident: '11:55:00–12:05:00',
      baseline: '11:45:00–11:55:00',
    },
    {
      what: 'are whole seconds, and no later for it',
      startsAt: '12:00:00.750',
      now: '12:00:01.900',
      incident: '11:55:00–12:00:01',
      baseline: '11:39:59–11:45:00',
    },
    {
      what: 'forgive a clock that is a little ahead',
      startsAt: '12:00:30',
      now: '12:00:00',
      incident: '11:55:00–12:00:00',
      baseline: '11:40:00–11:45:00',
    },
  ])('$what', ({ incident, baseline, ...given }) => {
    const windows = plan(given);
    if ('reason' in windows) throw new Error(windows.reason);
    expect({ incident: clock(windows.incident), baseline: clock(windows.baseline) }).toEqual({ incident, baseline });
  });

  it.each<Case & { readonly reason: RegExp }>([
    { what: 'no service is known', startsAt: '12:00:00', services: [], reason: /names no service/ },
    { what: 'nobody says when it began', reason: /when it began/ },
    { what: 'it begins in the future', startsAt: '12:05:00', now: '12:00:00', reason: /12:05:00.*later than/ },
    { what: 'it began later than asOf', startsAt: '12:05:00', asOf: '12:00:00', reason: /later than/ },
  ])('are none when $what, and the reason says so', ({ reason, ...given }) => {
    expect(plan(given)).toEqual({ reason: expect.stringMatching(reason) });
  });

  it('are of the first three services only', () => {
    expect(plan({ what: '', startsAt: '12:00:00', services: ['a', 'b', 'c', 'd'] })).toMatchObject({
      services: ['a', 'b', 'c'],
    });
  });

  it('are as long as each other, apart, and never later than what is known, whatever the moments', () => {
    const moment = fc.integer({ min: 1_700_000_000_000, max: 1_700_010_000_000 });
    const seconds = fc.integer({ min: 10, max: 5_000 });
    fc.assert(
      fc.property(moment, moment, fc.option(moment), seconds, seconds, (start, now, asOf, windowSeconds, gap) => {
        const known = Math.min(now, asOf ?? now);
        const windows = planTraceWindows(
          { services: ['web'], startsAt: new Date(start), ...(asOf === null ? {} : { asOf: new Date(asOf) }) },
          new Date(now),
          { windowSeconds, baselineGapSeconds: gap },
        );
        if ('reason' in windows) {
          expect(start).toBeGreaterThan(known);
          return;
        }
        const { incident, baseline } = windows;
        expect(incident.to.getTime()).toBeLessThanOrEqual(known);
        const length = incident.to.getTime() - incident.from.getTime();
        expect(length).toBeGreaterThanOrEqual(windowSeconds * 500);
        expect(length).toBeLessThan(windowSeconds * 1000 + 2_000);
        expect(baseline.to.getTime() - baseline.from.getTime()).toBe(length);
        expect(incident.from.getTime() - baseline.to.getTime()).toBe(gap * 1000);
        expect(baseline.to.getTime()).toBeLessThan(start);
      }),
    );
  });
});
