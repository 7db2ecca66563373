import { describe, expect, it } from 'vitest';
import { createDryRun, type PastAlert, type TellingIncident } from './dry-run.ts';
import { parseSentence } from './parse-sentence.ts';

const SPAN = { from: new Date('2027-02-01T00:00:00Z'), to: new Date('2027-03-03T00:00:00Z') };

function past(occurrence: string, alertname: string, over: Partial<PastAlert> = {}): PastAlert {
  return {
    ...{ occurrence, sender: 'alertmanager', receivedAt: '2027-02-10T08:00:00Z', wasIncident: false },
    alert: { labels: { alertname, namespace: 'dev' }, annotations: {} },
    ...over,
  };
}

function dryRun(say: string, history: readonly PastAlert[], incidents: readonly TellingIncident[] = []) {
  const parsed = parseSentence(`when ${say} then filter it out`);
  if (!parsed.ok) throw new Error(parsed.mistake.message);
  const run = createDryRun(parsed.sentence, SPAN, incidents);
  // In pages of one, newest first, as a store may give them.
  for (const one of history.toReversed()) run.add([one]);
  return run.finish(true);
}

const TOLD: TellingIncident = {
  ...{ id: '2027/slow', alerts: ['webslow'], date: '2027-02-11', source: { path: 'incidents/2027/slow.md' } },
};

describe('a dry run', () => {
  it('counts what would have been hidden, by name, and the diagnoses saved', () => {
    const history = [
      past('a', 'WebSlow', { diagnosis: 'a' }),
      past('a', 'WebSlow', { diagnosis: 'a' }),
      past('b', 'WebErrors', { diagnosis: 'a' }),
      past('c', 'WebDown', { diagnosis: 'c' }),
      past('d', 'DbFull', { diagnosis: 'd' }),
      past('e', 'WebDown', { diagnosis: 'd' }),
    ];
    expect(dryRun('the alert starts with Web', history)).toEqual({
      words: 'when the alert starts with Web then filter it out',
      ...{ from: SPAN.from.toISOString(), to: SPAN.to.toISOString() },
      outcome: 'safe',
      history: { alerts: 6, occurrences: 5, isComplete: true },
      hidden: {
        ...{ alerts: 5, occurrences: 4, diagnoses: 2 },
        byAlert: [
          { alertName: 'WebDown', alerts: 2 },
          { alertName: 'WebSlow', alerts: 2 },
          { alertName: 'WebErrors', alerts: 1 },
        ],
      },
      ...{ incidentCount: 0, incidents: [] },
    });
  });

  it('leaves an occurrence alone of which one alert does not fit', () => {
    const history = [past('a', 'WebSlow', { wasIncident: true }), past('a', 'DbFull', { wasIncident: true })];
    const { hidden, outcome } = dryRun('the alert is WebSlow', history);
    expect({ hidden, outcome }).toEqual({
      hidden: { alerts: 0, occurrences: 0, diagnoses: 0, byAlert: [] },
      outcome: 'hides-nothing',
    });
  });

  it('tells what became an incident, the newest first, and why it counts as one', () => {
    const history = [
      past('judged', 'WebSlow', { wasIncident: true, diagnosis: 'd', receivedAt: '2027-02-01T08:00:00Z' }),
      past('told', 'WebSlow', { receivedAt: '2027-02-12T23:00:00Z' }),
      past('storm', 'WebSlow', { outage: 'o-1', receivedAt: '2027-02-20T08:00:00Z' }),
      past('noise', 'WebSlow', { receivedAt: '2027-02-25T08:00:00Z' }),
    ];
    const { outcome, incidents, incidentCount } = dryRun('the alert is WebSlow', history, [TOLD]);
    expect(outcome).toBe('hides-incidents');
    expect(incidentCount).toBe(3);
    expect(incidents).toEqual([
      {
        ...{ occurrence: 'storm', alertNames: ['WebSlow'], receivedAt: '2027-02-20T08:00:00Z' },
        ...{ because: 'outage', reason: 'it was part of the outage o-1', outage: 'o-1' },
      },
      {
        ...{ occurrence: 'told', alertNames: ['WebSlow'], receivedAt: '2027-02-12T23:00:00Z', because: 'postmortem' },
        reason: 'the postmortem 2027/slow of 2027-02-11 names this alert',
        incident: { id: '2027/slow', path: 'incidents/2027/slow.md' },
      },
      {
        ...{ occurrence: 'judged', alertNames: ['WebSlow'], receivedAt: '2027-02-01T08:00:00Z', diagnosis: 'd' },
        ...{ because: 'verdict', reason: 'people confirmed or corrected its diagnosis' },
      },
    ]);
  });

  it.each([
    ['2027-02-09T23:59:59Z', 'safe'],
    ['2027-02-10T00:00:00Z', 'hides-incidents'],
    ['2027-02-12T23:59:59Z', 'hides-incidents'],
    ['2027-02-13T00:00:00Z', 'safe'],
  ])('takes a postmortem to tell of the days around its own: %s → %s', (receivedAt, outcome) => {
    expect(dryRun('the alert is WebSlow', [past('a', 'WebSlow', { receivedAt })], [TOLD]).outcome).toBe(outcome);
  });

  it('says that no history is none, and looks at a rule whose last day is over all the same', () => {
    expect(dryRun('the alert is WebSlow', []).outcome).toBe('no-history');
    expect(dryRun('the alert is WebSlow until 2026-01-01', [past('a', 'WebSlow')]).hidden.alerts).toBe(1);
  });
});
