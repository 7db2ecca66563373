import type { Exhibit } from '../diagnose/predict/llm/exhibits.ts';
import { isVerified } from '../diagnose/predict/unverified.ts';
import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import type { KnowledgeDocument, SectionRole } from '../domain/document.ts';
import { neutralise } from '../llm/fence.ts';
import { type Fact, type FactName, listFacts } from './facts.ts';

/** A document as the prompt shows it, with the fields that no section holds. */
export interface ShownDocument extends Exhibit {
  readonly document: KnowledgeDocument;
  readonly facts: readonly Fact[];
}

const FACTS: readonly FactName[] = ['head', 'duration', 'culprit', 'cause', 'owner', 'calls', 'description'];

/** What is read of one section; who needs more opens the document. */
const MAX_SECTION = 1_500;
const MAX_STEPS = 10;
const MAX_STEP = 300;

const SHOWN: readonly SectionRole[] = [
  'summary',
  'meaning',
  'impact',
  'detection',
  'root-cause',
  'trigger',
  'diagnosis',
  'timeline',
  'rollback',
  'follow-up',
  'other',
];

export function showDocument(
  document: KnowledgeDocument,
  rank: number,
  around: Pick<Knowledge, 'documents' | 'graph'>,
): ShownDocument {
  const id = `D${rank}`;
  const facts = FACTS.flatMap((name) => listFacts(name, document, around));
  const steps = new Map(document.steps.slice(0, MAX_STEPS).map((step, at) => [`${id}.${at + 1}`, step] as const));
  const sections = SHOWN.flatMap((role) =>
    document.sections
      .filter((section) => section.role === role && document.kind !== 'service')
      .map(({ text }) => `[${role}]\n${cut(text, MAX_SECTION)}`),
  );
  const numbered = [...steps].map(
    ([step, { text, commands }]) => `${step} ${cut([text, ...commands].join(' ').replace(/\s+/g, ' '), MAX_STEP)}`,
  );
  const lines = [
    `Kind: ${document.kind}`,
    ...(isVerified(document) ? [] : ['Status: a draft that nobody has reviewed']),
    ...facts.map(({ text }) => cut(text, MAX_SECTION)),
    ...sections,
    ...(numbered.length === 0 ? [] : [`[steps]\n${numbered.join('\n')}`]),
  ];
  return { id, text: neutralise(lines.join('\n')), document, steps, facts };
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
