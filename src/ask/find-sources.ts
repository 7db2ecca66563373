import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import { ANSWERABLE_THRESHOLD } from '../diagnose/retrieve/relevance/relevance.ts';
import { type SearchPorts, search } from '../diagnose/search.ts';
import type { AskRequest, AskSource } from '../domain/ask.ts';
import { type KnowledgeDocument, keyOf } from '../domain/document.ts';
import type { Answerable } from '../domain/evidence.ts';
import type { Facet } from './facets.ts';
import { keepAllowed, listNamed, MOSTLY, shareHeld } from './named.ts';
import { QUARRIES } from './quarries.ts';
import type { Understood } from './understand.ts';

export interface Found {
  readonly sources: readonly FoundSource[];
  readonly answerable: Answerable;
  readonly isAnswerable: boolean;
  readonly degraded: readonly string[];
}

export interface FoundSource extends AskSource {
  readonly document: KnowledgeDocument;
  /** Chance that it answers; of what the conversation is about already it is 1. */
  readonly relevance: number;
}

type Asked = Pick<AskRequest, 'k' | 'kinds' | 'services' | 'asOf'>;

/** What the knowledge has on the question: by retrieval, and what the conversation is about already. */
export async function findSources(
  understood: Understood,
  asked: Asked,
  knowledge: Knowledge,
  ports: SearchPorts,
  signal?: AbortSignal,
): Promise<Found> {
  if (understood.lacksSubject) return NOTHING;
  if (understood.follows === 'earlier') return findEarlier(understood, asked, knowledge, ports, signal);
  const known = understood.follows === 'same' ? listKnown(understood, asked, knowledge) : [];
  if (known.length > 0 && isAboutServices(understood)) return inService(known, knowledge);
  // Words that nothing of the conversation holds are asked by themselves: its subject must not vouch for them.
  const isNew = known.length === 0 && understood.words.length > 0;
  const query = isNew ? { ...understood, text: understood.own } : understood;
  const found = await searchFor(query, asked, knowledge, ports, signal);
  if (known.length === 0) return found;
  const keys = new Set(known.map(({ document }) => keyOf(document)));
  return {
    ...found,
    sources: [...known, ...found.sources.filter(({ document }) => !keys.has(keyOf(document)))].slice(0, asked.k),
    answerable: { score: 1, reason: 'it goes on from what was answered before' },
    isAnswerable: true,
  };
}

/** What the question names goes before what retrieval finds. */
async function searchFor(
  { text, facets, words }: Understood,
  asked: Asked,
  knowledge: Knowledge,
  ports: SearchPorts,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const found = await askKnowledge(text, { ...asked, kinds: kindsFor(facets, asked.kinds) }, knowledge, ports, signal);
  const named = keepAllowed(listNamed({ text, facets, words }, knowledge), asked, knowledge);
  if (named.length === 0) return found;
  const others = found.sources.filter(({ document }) => !named.includes(document));
  const sources = [...named.map(toKnown), ...others.map((source) => ({ ...source, relevance: 0 }))].slice(0, asked.k);
  return {
    ...found,
    sources,
    answerable: { score: 1, reason: 'the question names a service, or the day of an incident' },
    isAnswerable: true,
  };
}

/** Only kinds of documents that can say what is asked: no runbook tells when something was. */
function kindsFor(facets: readonly Facet[], kinds: Asked['kinds']): Asked['kinds'] {
  const able = kinds.filter((kind) => facets.some((facet) => QUARRIES[facet][kind] !== undefined));
  return able.length > 0 ? able : kinds;
}

async function askKnowledge(
  text: string,
  asked: Asked,
  knowledge: Knowledge,
  ports: SearchPorts,
  signal: AbortSignal | undefined,
): Promise<Found> {
  if (text.trim() === '') return NOTHING;
  const request = { ...asked, kinds: [...asked.kinds], query: text };
  const { results, answerable, degraded = [] } = await search(request, knowledge, ports, signal);
  const sources = results.flatMap(({ kind, id, title, score, relevance, source }): FoundSource[] => {
    const document = knowledge.documents.get(keyOf({ kind, id }));
    return document ? [{ kind, id, title, score, relevance, source, document }] : [];
  });
  return { sources, answerable, isAnswerable: answerable.score >= ANSWERABLE_THRESHOLD, degraded };
}

const NOTHING: Found = {
  sources: [],
  answerable: { score: 0, reason: 'the question names nothing to look for' },
  isAnswerable: false,
  degraded: [],
};

/** Incidents before the day of the one that was told last. */
async function findEarlier(
  understood: Understood,
  asked: Asked,
  knowledge: Knowledge,
  ports: SearchPorts,
  signal: AbortSignal | undefined,
): Promise<Found> {
  const days = understood.about.map((keys) => listDays(keys, knowledge)).find((found) => found.length > 0) ?? [];
  const [day] = days.sort();
  if (day === undefined) return NOTHING;
  const before = { ...asked, kinds: ['incident' as const], asOf: `${day}T00:00:00Z` };
  return askKnowledge(understood.text, before, knowledge, ports, signal);
}

function listDays(keys: readonly string[], { documents }: Knowledge): string[] {
  return keys.flatMap((key) => {
    const document = documents.get(key);
    return document?.kind === 'incident' && document.date !== undefined ? [document.date] : [];
  });
}

/** Those that answers before cited, where they may be shown and one holds half of the words that are new. */
function listKnown({ about, words }: Understood, asked: Asked, knowledge: Knowledge): FoundSource[] {
  const documents = [...new Set(about.flat())].flatMap((key) => knowledge.documents.get(key) ?? []);
  const fit = keepAllowed(documents, asked, knowledge);
  const isTold = words.length === 0 || fit.some((document) => shareHeld(document, words) >= MOSTLY);
  return isTold ? fit.map(toKnown) : [];
}

function toKnown(document: KnowledgeDocument): FoundSource {
  const { kind, id, title, source } = document;
  return { kind, id, title, score: 1, relevance: 1, source, document };
}

function isAboutServices({ facets }: Understood): boolean {
  return facets.every((facet) => facet === 'owner' || facet === 'calls');
}

/** "Who owns it?" of an incident asks of the service it began in, or else of those it is about. */
function inService(known: readonly FoundSource[], knowledge: Knowledge): Found {
  const names = known.flatMap(({ document }) => [
    ...(document.kind === 'incident' && document.rootCause?.service ? [document.rootCause.service] : []),
    ...document.services,
  ]);
  const services = [...new Set(names)]
    .slice(0, 1)
    .flatMap((name) => knowledge.documents.get(keyOf({ kind: 'service', id: name })) ?? []);
  const owned = known.filter(({ kind }) => kind === 'runbook');
  return {
    sources: [...services.map(toKnown), ...owned, ...known.filter(({ kind }) => kind !== 'runbook')],
    answerable: { score: 1, reason: 'it goes on from what was answered before' },
    isAnswerable: true,
    degraded: [],
  };
}
