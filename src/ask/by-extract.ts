import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import type { AskSentence } from '../domain/ask.ts';
import type { KnowledgeDocument } from '../domain/document.ts';
import { extract, introduce } from './extract.ts';
import type { FoundSource } from './find-sources.ts';
import type { Understood } from './understand.ts';

/** Past incidents of one kind that are listed. */
const MAX_TIMES = 10;

/** The answer without a model: what the first document that says what is asked says of it, word for word. */
export function answerByExtract(
  understood: Pick<Understood, 'facets' | 'words'>,
  sources: readonly FoundSource[],
  knowledge: Knowledge,
): AskSentence[] {
  const documents = sources.map(({ document }) => document);
  if (understood.facets.includes('often')) return listTimes(documents, knowledge);
  for (const document of documents) {
    const said = tell(document, understood, knowledge);
    if (said.length > 0) return distinct([...introduce(document, knowledge), ...said]);
  }
  return [];
}

function tell(
  document: KnowledgeDocument,
  { facets, words }: Pick<Understood, 'facets' | 'words'>,
  knowledge: Knowledge,
): AskSentence[] {
  return facets.flatMap((facet) => extract(facet, document, words, knowledge));
}

function listTimes(documents: readonly KnowledgeDocument[], knowledge: Knowledge): AskSentence[] {
  const incidents = documents.filter((document) => document.kind === 'incident');
  const latestFirst = incidents.sort((a, b) => ((a.date ?? '') < (b.date ?? '') ? 1 : -1));
  return latestFirst.slice(0, MAX_TIMES).flatMap((incident) => introduce(incident, knowledge));
}

/** One document may say the same to two things that were asked. */
function distinct(sentences: readonly AskSentence[]): AskSentence[] {
  const keyOfSaid = ({ text, commands = [] }: AskSentence) => [text, ...commands].join('\n');
  const said = new Map(sentences.map((sentence) => [keyOfSaid(sentence), sentence]));
  return [...said.values()];
}
