import { writeSymptomCard } from '../../ingest/chunk/symptom-card.ts';
import type { Incident } from '../../src/domain/document.ts';
import type { SearchRequest } from '../../src/domain/request.ts';
import { DEPTH, type Question, type QuestionGroup } from '../questions.ts';

/** What makes an earlier incident the right precedent. */
const CRITERIA = {
  'same category': (one: Incident, other: Incident) => isSame(one.category, other.category),
  'same service': (one: Incident, other: Incident) => isSame(one.rootCause?.service, other.rootCause?.service),
  'same category and service': (one: Incident, other: Incident) =>
    isSame(one.category, other.category) && isSame(one.rootCause?.service, other.rootCause?.service),
} as const;

const INCIDENTS = 'incidents';

const WAYS = ['as alerted', 'symptoms only'] as const;
type Way = (typeof WAYS)[number];

export interface IncidentQuestions {
  readonly groups: readonly QuestionGroup[];
  /** As alerted; nothing of their category and nothing at their service had happened before. */
  readonly strangers: QuestionGroup;
  /** Incidents that were asked at all, and those whose record tells no symptom. */
  readonly counts: { readonly asked: number; readonly undated: number; readonly silent: number };
}

/**
 * Every incident as a question to those before it. It is told as it looked on its day: its alert, its symptoms without
 * its title (which often names the cause) and, as alerted, its signals. Itself and its outage are never found.
 */
export function listIncidentQuestions(incidents: readonly Incident[]): IncidentQuestions {
  const told = incidents.map((incident) => ({ incident, symptoms: writeSymptoms(incident) }));
  const asked = told.filter(({ incident, symptoms }) => symptoms !== '' || incident.signals.length > 0);
  const toQuestions = (way: Way, isRight: (one: Incident, other: Incident) => boolean) =>
    asked.flatMap(({ incident, symptoms }) => {
      if (way === 'symptoms only' && symptoms === '') return [];
      return [toQuestion(incident, symptoms, way, known(incident, incidents), isRight)];
    });
  const groups = Object.entries(CRITERIA).flatMap(([name, isRight]) =>
    WAYS.map((way) => {
      const questions = toQuestions(way, isRight).filter(({ relevant }) => relevant.size > 0);
      return { set: `${INCIDENTS}, ${name}`, variant: way, questions };
    }),
  );
  const isAnyLike = (one: Incident, other: Incident) =>
    CRITERIA['same category'](one, other) || CRITERIA['same service'](one, other);
  const unlike = toQuestions('as alerted', isAnyLike).filter(({ relevant }) => relevant.size === 0);
  return {
    groups: groups.filter(({ questions }) => questions.length > 0),
    strangers: { set: INCIDENTS, variant: 'as alerted', questions: unlike },
    counts: {
      asked: asked.length,
      undated: asked.filter(({ incident }) => incident.date === undefined).length,
      silent: told.length - asked.length,
    },
  };
}

/** What it looked like from outside: the card of the ingest, which leaves out cause and remedy, without any name. */
function writeSymptoms(incident: Incident): string {
  const nameless = { ...incident, title: '', alerts: [], services: [], signals: [] };
  return writeSymptomCard(nameless, (text) => text.length / 4).replace(/^[.\s]+/, '');
}

/** Those of days before its own; of an incident without a date nobody can say that, so it is asked against all others. */
function known(asked: Incident, incidents: readonly Incident[]): readonly Incident[] {
  return incidents.filter((other) => {
    if (other.id === asked.id || isSame(other.outage, asked.outage)) return false;
    return asked.date === undefined || (other.date !== undefined && other.date < asked.date);
  });
}

function toQuestion(
  incident: Incident,
  symptoms: string,
  way: Way,
  earlier: readonly Incident[],
  isRight: (one: Incident, other: Incident) => boolean,
): Question {
  const ids = new Set(earlier.map(({ id }) => id));
  const right = earlier.filter((other) => isRight(incident, other));
  const [alert] = incident.alerts;
  const words = way === 'as alerted' ? [alert ?? '', symptoms, ...incident.signals] : [symptoms];
  return {
    id: incident.id,
    request: {
      ...toRequest(incident, symptoms, way),
      ...(incident.date ? { asOf: `${incident.date}T00:00:00Z` } : {}),
    },
    text: words.join('\n').trim(),
    relevant: new Set(right.map(({ id }) => id)),
    anyWillDo: true,
    isKnown: (id) => ids.has(id),
    isVerbatim: false,
  };
}

function toRequest({ alerts: [alertname], signals }: Incident, symptoms: string, way: Way): SearchRequest {
  const base = { kinds: ['incident' as const], k: DEPTH };
  if (way === 'symptoms only') return { ...base, query: symptoms };
  const labels: Record<string, string> = alertname === undefined ? {} : { alertname };
  const annotations: Record<string, string> = symptoms === '' ? {} : { summary: symptoms };
  return { ...base, alert: { labels, annotations }, ...(signals.length > 0 ? { signals: [...signals] } : {}) };
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && one === other;
}
