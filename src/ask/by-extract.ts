import type { Knowledge } from '../diagnose/retrieve/knowledge.ts';
import type { AskSentence } from '../domain/ask.ts';
import type { KnowledgeDocument } from '../domain/document.ts';
import { extract, introduce, toSentence } from './extract.ts';
import type { FoundSource } from './find-sources.ts';
import { listHolding } from './holding.ts';
import type { Understood } from './understand.ts';

/** Past incidents of one kind that are listed. */
const MAX_TIMES = 10;

type Asked = Pick<Understood, 'facets' | 'otherwise' | 'words' | 'asksJudgement' | 'follows'>;

/** The answer without a model: what the first document that says what is asked says of it, word for word. */
export function answerByExtract(
  understood: Asked,
  sources: readonly FoundSource[],
  knowledge: Knowledge,
): AskSentence[] {
  const documents = sources.map(({ document }) => document);
  if (understood.asksJudgement) return quoteAsked(documents, understood, knowledge);
  if (understood.facets.includes('often')) return listTimes(documents, knowledge);
  for (const document of documents) {
    const said = tell(document, understood, knowledge);
    if (said.length > 0) return distinct([...introduce(document, knowledge), ...said]);
  }
  return [];
}

function tell(document: KnowledgeDocument, { facets, otherwise, words }: Asked, knowledge: Knowledge): AskSentence[] {
  const said = facets.flatMap((facet) => extract(facet, document, words, knowledge));
  if (said.length > 0) return said;
  for (const facet of otherwise) {
    const instead = extract(facet, document, words, knowledge);
    if (instead.length > 0) return instead;
  }
  return [];
}

/** Nobody weighs without a model: only sentences that hold all the asked words, of the first document that has any. */
function quoteAsked(
  documents: readonly KnowledgeDocument[],
  { words, follows }: Asked,
  knowledge: Knowledge,
): AskSentence[] {
  // One word says what is asked only where the conversation says of what.
  if (words.length < (follows === 'same' ? 1 : 2)) return [];
  for (const document of documents) {
    const said = listHolding(document, words).map((piece) => toSentence(piece, document, knowledge));
    if (said.length > 0) return distinct([...introduce(document, knowledge), ...said]);
  }
  return [];
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
