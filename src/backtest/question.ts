import { splitSentences } from '../../ingest/chunk/sentences.ts';
import { writeSymptomCard } from '../../ingest/chunk/symptom-card.ts';
import type { Alert } from '../domain/alert.ts';
import type { Incident } from '../domain/document.ts';
import type { EngineName } from '../domain/engine.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';

/** As many precedents as a caller gets who does not say how many. */
const PRECEDENTS = 8;

/** From this share of the cause's words on, a sentence tells the cause, in other order or not. */
const TELLS_CAUSE = 0.6;

/** Of fewer words than this every one has to be there, and a single one stands in some sentence or other. */
const ENOUGH_WORDS = 4;
const FEWEST_WORDS = 2;

/** What must not be known when a question is asked. */
export interface Unknown {
  /** The moment from which on nothing is known; absent for an incident without a date. */
  readonly asOf?: string;
  readonly withheld: readonly string[];
}

/** Whether anything was seen of the incident that a question could be made of. */
export function isAskable(incident: Incident): boolean {
  return incident.alerts.length > 0 || incident.signals.length > 0 || tellSymptoms(incident) !== '';
}

/**
 * The incident as it looked on its day: its alerts by name, its symptoms, its signals. Its title often names the cause,
 * its `services` the culprit, and its root cause and all that came after were not known: none of them is asked with.
 */
export function buildQuestion(incident: Incident, engine: EngineName, { asOf, withheld }: Unknown): DiagnosisQuestion {
  const symptoms = tellSymptoms(incident);
  const annotations: Alert['annotations'] = symptoms === '' ? {} : { summary: symptoms };
  const began = asOf === undefined ? {} : { startsAt: asOf };
  const alertOf = (labels: Alert['labels']): Alert => ({ labels, annotations, ...began });
  const signals = [...new Set(incident.signals)];
  const alerts = incident.alerts.map((alertname) => alertOf({ alertname }));
  return {
    alerts: alerts.length > 0 ? alerts : [alertOf({})],
    ...(signals.length === 0 ? {} : { traceDigest: { text: '', suspects: [], signals } }),
    ...(asOf === undefined ? {} : { asOf }),
    options: { k: PRECEDENTS, engine, traces: 'none' },
    withheld,
  };
}

/** What people saw from outside, in their words: the card of the ingest, without names and without what tells the cause. */
function tellSymptoms(incident: Incident): string {
  const nameless = { ...incident, title: '', alerts: [], services: [], signals: [] };
  const card = writeSymptomCard(nameless, (text) => text.length / 4).replace(/^[.\s]+/, '');
  const cause = wordsOf(incident.rootCause?.summary ?? '');
  const answer = answerOf(incident);
  return splitSentences(card)
    .filter((sentence) => !tellsCause(wordsOf(sentence), cause, answer))
    .join(' ');
}

/** Culprit and category are what is asked for; empty where either is not known. */
function answerOf({ category, rootCause }: Incident): Set<string> {
  const isWhole = category !== undefined && rootCause?.service !== undefined;
  return wordsOf(isWhole ? `${category} ${rootCause.service}` : '');
}

function tellsCause(sentence: ReadonlySet<string>, cause: ReadonlySet<string>, answer: ReadonlySet<string>): boolean {
  const shareOf = (words: ReadonlySet<string>) => [...words].filter((word) => sentence.has(word)).length / words.size;
  if (answer.size > 0 && shareOf(answer) === 1) return true;
  if (cause.size < FEWEST_WORDS) return false;
  return shareOf(cause) >= (cause.size < ENOUGH_WORDS ? 1 : TELLS_CAUSE);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}
