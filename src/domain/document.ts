import { z } from 'zod';
import { Signal } from './signal.ts';
import { SourceRef } from './source.ts';
import { ServiceNode } from './topology.ts';

export const DocumentKind = z.enum(['runbook', 'incident', 'service']);
export type DocumentKind = z.infer<typeof DocumentKind>;
export const DOCUMENT_KINDS = DocumentKind.options;

/** What a section is for, whatever its author called it. */
export const SectionRole = z.enum([
  'summary',
  'meaning',
  'impact',
  'detection',
  'diagnosis',
  'root-cause',
  'trigger',
  'mitigation',
  'rollback',
  'timeline',
  'follow-up',
  'other',
]);
export type SectionRole = z.infer<typeof SectionRole>;

/** Text under one heading, up to the next heading of any level; `text` is the Markdown as written. */
export const Section = z.object({ role: SectionRole, text: z.string(), source: SourceRef });
export type Section = Readonly<z.infer<typeof Section>>;

/** One thing to do, as a runbook or a postmortem wrote it: prose, and the commands of its code fences. */
export const Step = z.object({ text: z.string(), commands: z.array(z.string()), source: SourceRef });
export type Step = Readonly<z.infer<typeof Step>>;

/** The smallest piece that is embedded: at most one section. `id` is the hash of what is embedded, nothing else. */
export const Chunk = z.object({
  id: z.string(),
  text: z.string(),
  /** Prepended for the embedding, never shown: title, heading path, services, alerts. */
  header: z.string(),
  source: SourceRef,
});
export type Chunk = Readonly<z.infer<typeof Chunk>>;

/** How far its authors stand behind it. */
export const DocumentStatus = z.enum(['draft', 'stable', 'deprecated']);
export type DocumentStatus = z.infer<typeof DocumentStatus>;

const documentFields = {
  /** Path inside its folder, without extension: `pre-processor/PreProcessorLatencyHigh`. */
  id: z.string(),
  title: z.string(),
  services: z.array(z.string()),
  alerts: z.array(z.string()),
  severity: z.string().optional(),
  tags: z.array(z.string()),
  status: DocumentStatus.optional(),
  /** The day from which on nobody should rely on it. */
  staleAfter: z.iso.date().optional(),
  /** Names of the fields that its front matter does not state: they were read out of its path, headings and text. */
  inferred: z.array(z.string()).optional(),
  sections: z.array(Section),
  /** Mitigation steps, in order. */
  steps: z.array(Step),
  chunks: z.array(Chunk),
  source: SourceRef,
};

/** How to handle an alert. */
export const Runbook = z.object({
  kind: z.literal('runbook'),
  ...documentFields,
  owner: z.string().optional(),
  validated: z.iso.date().optional(),
  supersedes: z.string().optional(),
});
export type Runbook = Readonly<z.infer<typeof Runbook>>;

/** What people once worked on, as its postmortem tells it. `date` is the day it happened. */
export const Incident = z.object({
  kind: z.literal('incident'),
  ...documentFields,
  date: z.iso.date().optional(),
  /** Root-cause category, kebab-case, of the team's own making: `load-spike`. */
  category: z.string().optional(),
  rootCause: z.object({ service: z.string().optional(), summary: z.string() }).optional(),
  duration: z.string().optional(),
  signals: z.array(Signal),
  /** Incidents of one outage share this. */
  outage: z.string().optional(),
  supersededBy: z.string().optional(),
});
export type Incident = Readonly<z.infer<typeof Incident>>;

/** One service of the topology, so that "what is the ensemble?" finds it. */
export const ServiceDocument = z.object({
  kind: z.literal('service'),
  ...documentFields,
  system: z.string(),
  node: ServiceNode,
});
export type ServiceDocument = Readonly<z.infer<typeof ServiceDocument>>;

export const KnowledgeDocument = z.discriminatedUnion('kind', [Runbook, Incident, ServiceDocument]);
export type KnowledgeDocument = Runbook | Incident | ServiceDocument;

/** Identifies a document across kinds: `incident:2026/2026-03-14-slow`. */
export function keyOf(document: Pick<KnowledgeDocument, 'kind' | 'id'>): string {
  return `${document.kind}:${document.id}`;
}

/** The text of a document's sections of one role, joined; empty when it has none. */
export function sectionText(document: KnowledgeDocument, role: SectionRole): string {
  return document.sections
    .filter((section) => section.role === role)
    .map((section) => section.text)
    .join('\n\n');
}
