import { buildFilter } from '../diagnose/retrieve/filter.ts';
import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import type { AskRequest } from '../domain/ask.ts';
import { type KnowledgeDocument, keyOf } from '../domain/document.ts';
import { QUARRIES } from './quarries.ts';
import type { Understood } from './understand.ts';

const SERVICE_FACETS: ReadonlySet<string> = new Set(['owner', 'calls', 'service']);

const DAY = /\b\d{4}-\d{2}-\d{2}\b/g;

/** Half of what a question says beside must be held by a document that it points to, or names by its day. */
export const MOSTLY = 0.5;

/** Services and days of incidents that a question names, where they are what it asks about. */
export function listNamed(
  asked: Pick<Understood, 'text' | 'facets' | 'words'>,
  knowledge: Knowledge,
): KnowledgeDocument[] {
  return [...listServices(asked, knowledge), ...listOfDay(asked, knowledge)];
}

/** A service that is named answers what is asked of services; of anything else its name is no answer. */
function listServices(
  { text, facets, words }: Pick<Understood, 'text' | 'facets' | 'words'>,
  { knownServices, documents }: Knowledge,
): KnowledgeDocument[] {
  if (facets.every((facet) => QUARRIES[facet].service === undefined)) return [];
  const isOfServices = facets.every((facet) => SERVICE_FACETS.has(facet));
  const isAll = (name: string) => words.every((word) => tokenise(name).includes(word));
  const names = listServiceNames(text, knownServices).filter((name) => isOfServices || isAll(name));
  return names.flatMap((id) => documents.get(keyOf({ kind: 'service', id })) ?? []);
}

function listOfDay(
  { text, words }: Pick<Understood, 'text' | 'words'>,
  { byKind }: Pick<Knowledge, 'byKind'>,
): KnowledgeDocument[] {
  const days = new Set(text.match(DAY));
  if (days.size === 0) return [];
  const parts = new Set([...days].flatMap((day) => tokenise(day)));
  const others = words.filter((word) => !parts.has(word));
  return byKind.incident.filter(
    (incident) =>
      incident.kind === 'incident' && days.has(incident.date ?? '') && shareHeld(incident, others) >= MOSTLY,
  );
}

/** A service's name has seldom more words. */
const MAX_NAME_WORDS = 4;
const JOINTS = ['-', '_', '.', ''] as const;

/** Known services that a text names, as they are spelt in the knowledge: `order-api` is also said “order API”. */
export function listServiceNames(text: string, knownServices: Knowledge['knownServices']): string[] {
  const phrases = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_. -]*/gu) ?? [];
  const names = phrases.flatMap((phrase) => {
    const words = phrase.split(' ').map((word) => word.replace(/[._-]{1,9}$/, ''));
    return words.flatMap((_, at) => findNameAt(words.slice(at, at + MAX_NAME_WORDS), knownServices) ?? []);
  });
  return [...new Set(names)];
}

/** The longest one that these words begin with. */
function findNameAt(words: readonly string[], knownServices: Knowledge['knownServices']): string | undefined {
  for (let count = words.length; count > 0; count--) {
    const spellings = JOINTS.map((joint) => words.slice(0, count).join(joint));
    const found = spellings.find((spelling) => knownServices.has(spelling));
    if (found !== undefined) return knownServices.get(found);
  }
  return undefined;
}

/** What was not found by retrieval keeps to the same filters. */
export function keepAllowed(
  documents: readonly KnowledgeDocument[],
  { kinds, services, asOf }: Pick<AskRequest, 'kinds' | 'services' | 'asOf'>,
  knowledge: Knowledge,
): KnowledgeDocument[] {
  const filter = {
    ...(services === undefined ? {} : { onlyServices: services }),
    ...(asOf === undefined ? {} : { asOf: new Date(asOf) }),
  };
  const accept = buildFilter(filter, knowledge) ?? (() => true);
  return documents.filter((document) => kinds.includes(document.kind) && accept(keyOf(document)));
}

/** Share of some words that a document holds; all of none. */
export function shareHeld({ id, sections, title }: KnowledgeDocument, words: readonly string[]): number {
  if (words.length === 0) return 1;
  const held = new Set(tokenise([id, title, ...sections.map(({ text }) => text)].join('\n')));
  return words.filter((word) => held.has(word)).length / words.length;
}
