import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import { type KnowledgeDocument, keyOf, type ServiceDocument } from '../domain/document.ts';
import type { SourceRef } from '../domain/source.ts';
import { type Piece, placeOf, toLine } from './pieces.ts';

/** What a document states in a field of its own. */
export type FactName =
  | 'head'
  | 'duration'
  | 'cause'
  | 'culprit'
  | 'services'
  | 'owner'
  | 'alerts'
  | 'description'
  | 'calls';

/** A fact may be told by another document than the one it is about. */
export interface Fact extends Piece {
  readonly document?: string;
}

type Around = Pick<Knowledge, 'documents' | 'graph'>;

const MAX_LISTED = 12;

/** Facts in words, each with the value as its document writes it; none where the document does not say. */
const FACTS: Readonly<Record<FactName, (document: KnowledgeDocument, around: Around) => readonly Fact[]>> = {
  head: (document) => [toHead(document)],
  duration: (document) => (document.kind === 'incident' ? state('It lasted', [document.duration], document) : []),
  cause: (document) => (document.kind === 'incident' ? state('', [document.rootCause?.summary], document) : []),
  culprit: (document) =>
    document.kind === 'incident' ? state('It began in', [document.rootCause?.service], document) : [],
  services: (document) => state('It is about', document.services, document),
  owner: (document) => state(`Owner of ${nameOf(document)}:`, [ownerOf(document)], document),
  alerts: (document) => state('Alerts:', document.alerts, document),
  description: (document) => (document.kind === 'service' ? state('', [document.node.description], document) : []),
  calls: (document, around) => (document.kind === 'service' ? listCalls(document, around) : []),
};

export function listFacts(name: FactName, document: KnowledgeDocument, around: Around): readonly Fact[] {
  return FACTS[name](document, around);
}

function ownerOf(document: KnowledgeDocument): string | undefined {
  if (document.kind === 'runbook') return document.owner;
  return document.kind === 'service' ? document.node.owner : undefined;
}

function nameOf(document: KnowledgeDocument): string {
  return document.kind === 'service' ? document.title : `“${document.title}”`;
}

/** When it was and what it is called, which says what the rest is about. */
function toHead(document: KnowledgeDocument): Piece {
  const { title } = document;
  const date = document.kind === 'incident' ? document.date : undefined;
  const text = date === undefined || title.includes(date) ? title : `${date}: ${title}`;
  // A title that nobody wrote was read out of the path.
  const value = date ?? (document.inferred?.includes('title') ? document.id : title);
  return { text, quote: value, commands: [], source: locate(value, document) };
}

function state(label: string, values: readonly (string | undefined)[], document: KnowledgeDocument): Piece[] {
  const told = values.flatMap((value) => (value === undefined || value.trim() === '' ? [] : [toLine(value)]));
  const [first] = told;
  if (first === undefined) return [];
  const said = `${label} ${told.slice(0, MAX_LISTED).join(', ')}`.trim();
  const text = /[.!?]$/.test(said) ? said : `${said}.`;
  return [{ text, quote: first, commands: [], source: locate(first, document) }];
}

/** Who calls it and whom it calls, each as the entry of the caller says. */
function listCalls(document: ServiceDocument, { documents, graph }: Around): Fact[] {
  const { name } = document.node;
  const callers = [...(graph.upstream.get(name) ?? [])].flatMap((caller) => {
    const entry = documents.get(keyOf({ kind: 'service', id: caller }));
    return entry?.kind === 'service' ? tellCalls(entry, (service) => service === name) : [];
  });
  return [...callers, ...tellCalls(document, () => true)].slice(0, MAX_LISTED);
}

/** What the topology knows from elsewhere, from traces for instance, has no line here that could be cited. */
function tellCalls(caller: ServiceDocument, isAsked: (service: string) => boolean): Fact[] {
  return caller.node.dependsOn.flatMap(({ service, kind, provenance = [] }): Fact[] => {
    const line = provenance.find(({ source }) => source.path === caller.source.path)?.source.line;
    if (line === undefined || !isAsked(service)) return [];
    const source = { ...caller.source, line, endLine: line };
    const text = `${caller.node.name} calls ${service} (${kind}).`;
    return [{ text, quote: service, commands: [], source, document: keyOf(caller) }];
  });
}

/** The line that holds a value, or else the document: front matter and paths stand in no section. */
function locate(value: string, document: KnowledgeDocument): SourceRef {
  if (document.kind === 'service') return document.source;
  if (!document.inferred?.length) return toFrontMatter(document);
  for (const section of document.sections) {
    const at = section.text.indexOf(value);
    if (at >= 0) return placeOf(section, at, value.length);
  }
  return document.source;
}

/** Fields and title stand before the first section. */
function toFrontMatter({ source, sections }: KnowledgeDocument): SourceRef {
  const first = sections.reduce((least, section) => Math.min(least, section.source.line), source.endLine + 1);
  return { ...source, endLine: Math.max(source.line, first - 1) };
}
