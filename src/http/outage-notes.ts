import type { SchemaNotes } from './schema-notes.ts';

const LISTING: SchemaNotes = {
  id: 'Its id.',
  namespace: 'Whose it is.',
  status: '`open` while one of its members fires.',
  openedAt: 'When the first of its members arrived, UTC.',
  startedAt: "When the first of its alerts began, by its sender's clock, UTC.",
  lastJoinedAt: 'When the last of its members arrived, UTC.',
  resolvedAt: 'When the last of its alerts ended, UTC; absent while one fires.',
  durationSeconds: 'From the first start to the last end, in seconds; absent while one alert fires.',
  memberCount: 'Occurrences in it, all of them.',
  alertCount: 'Alerts in it, all of them.',
  diagnosis: 'Id of the newest diagnosis that is made from all members; absent until there is one.',
};

/** Outages, in the OpenAPI document. */
export const OUTAGE_NOTES: Readonly<Record<string, SchemaNotes>> = {
  Outage: {
    self: 'Alerts that belong together by time and topology, whichever sender told them.',
    ...LISTING,
    members: 'The first to arrive, at most 200; `memberCount` counts all.',
    'members[].occurrence': 'Id of the occurrence: a group of alerts from its first firing until it is resolved.',
    'members[].sender': 'Who told of it.',
    'members[].alertNames': 'Names of its alerts.',
    'members[].services':
      'Services that its alerts name: those that a topology knows; of an alert that names none of these, what its labels name.',
    'members[].startedAt': "When the first of its alerts began, by its sender's clock, UTC.",
    'members[].resolvedAt': 'When the last of its alerts ended, UTC; absent while one fires.',
    'members[].because':
      'Why it is in: `first`; `same-alert`, an alert of the same name; `topology`, a service at most two calls away; ' +
      '`storm`, it came with too many others to be looked at by itself.',
    'members[].reason': 'The same in words.',
    blastRadius: 'Services that it touches.',
    'blastRadius.alerting': 'Services that alert: those that a topology knows, then those that only labels name.',
    'blastRadius.unknown':
      'Those of `alerting` that no topology knows; absent when it knows all of them, or cannot be read.',
    'blastRadius.exposed': 'Services that do not alert and depend on one that does, the nearest first, at most 100.',
    'blastRadius.exposed[].service': 'The service.',
    'blastRadius.exposed[].hops': 'Calls to the nearest that alerts.',
    commonSuspect:
      'The service that most of what alerts depends on; null while none explains more than one. It follows from who calls ' +
      'whom alone: the diagnosis says what is known beyond that.',
    'commonSuspect.service': 'The service.',
    'commonSuspect.explains':
      'Share of all alerting services, in a topology or not, that are this one or call it, directly or through others, 0 to 1.',
    'commonSuspect.reasons': 'Why it is suspect, in words.',
    summary: 'All of it in a few sentences of plain text.',
    degraded: 'What could not be worked out, and why; absent when all could.',
  },
  OutageListing: { self: 'An outage without what is worked out from its members.', ...LISTING },
  OutageList: { self: 'The newest outages.', outages: 'The newest first.' },
};
