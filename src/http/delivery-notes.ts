import { ANSWER_NOTES } from './answer-notes.ts';
import type { SchemaNotes } from './schema-notes.ts';

/** How answers get to people, in words. */
export const DELIVERY_NOTES: Readonly<Record<string, SchemaNotes>> = {
  DiagnosisAnswer: {
    ...ANSWER_NOTES['Diagnosis'],
    self: 'A diagnosis, with the alerts that it answers and whose answer it is.',
    occurrence: 'The alerts that were asked about; absent where no sender told of them.',
    reused: 'Whose answer it is; absent where the diagnosis was made for just this.',
  },
  Occurrence: {
    self: 'One group of alerts, from its first firing until the last of it is resolved.',
    id: 'Id for `/v1/diagnoses/{id}`.',
    namespace: 'Whose it is.',
    sender: 'Who told of it.',
    groupKey: "The sender's own key of what belongs together.",
    status:
      '`queued`: nothing is decided yet. `waiting`: the diagnosis that answers it is not done. `answered`, `failed`: it is. ' +
      '`filtered`: a noise rule says that nobody need be told.',
    receivedAt: 'When its first alert arrived, UTC.',
    startedAt: "When the first of its alerts began, by the sender's clock.",
    resolvedAt:
      'When the last of its alerts ended, or, where no end was told, when it was told of last; absent while one fires.',
    durationSeconds: 'From the first start to the last end; absent while one fires.',
    alerts: 'How many of its alerts there are.',
    'alerts.firing': 'That fire.',
    'alerts.resolved': 'That fire no more.',
    outage: 'Id for `/v1/outages/{id}`; absent unless it is part of one.',
    diagnosis: 'The diagnosis that answers it, also while that is not done; absent while nothing is decided.',
    because:
      '`own`: its own diagnosis. `identical`: that of the same situation before. `outage`: that of its outage. Absent while ' +
      'nothing is decided.',
    filteredBy: 'The noise rule that filtered it; absent where none did.',
  },
  ReusedAnswer: {
    self: 'Whose answer is shown.',
    because: '`identical`: that of the same situation before. `outage`: that of the outage that this is part of.',
    diagnosis: 'The diagnosis that is shown.',
    diagnosedAt: 'When that was made, UTC.',
    ageSeconds: 'How long before these alerts arrived; 0 when it was made afterwards.',
    text: 'The same in words.',
  },
  Delivery: {
    self: 'One message to one destination.',
    id: 'The same for every attempt: its `webhook-id`.',
    namespace: 'Whose it is.',
    destination: 'The name of the destination, as `callbacks` lists it.',
    event: 'What happened.',
    subject: 'What it is about: the id of a diagnosis, of an occurrence or of an outage.',
    status: '`waiting`: to be sent, or sent again. `delivered`: taken. `dead`: nobody tries any more.',
    attempts: 'How often it was sent since it was created, or since somebody asked for it again.',
    createdAt: 'When it was to be sent first, UTC.',
    nextAt: 'When it is tried next, UTC; absent once it is delivered or dead.',
    deliveredAt: 'When it was taken, UTC.',
    lastError: 'Why the last attempt failed that did.',
  },
  DeliveryList: { self: 'What was sent, what waits and what is given up.', deliveries: 'The newest first.' },
  RevivedDelivery: {
    self: 'A delivery that is sent again.',
    id: 'Which one.',
    status: 'Always `waiting`.',
  },
};
