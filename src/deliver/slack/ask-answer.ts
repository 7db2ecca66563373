import type { AskAnswer, AskSentence } from '../../domain/ask.ts';
import { context, message, type SlackBlock, type SlackMessage, sections } from './blocks.ts';
import { marksOf, placeOf, tellCommands } from './cite.ts';
import { quoteLine } from './mrkdwn.ts';

const SHOWN_SENTENCES = 30;
const SHOWN_SOURCES = 5;
const SHOWN_PLACES = 3;
const MAX_SENTENCE = 300;
const MAX_TITLE = 150;

/** A question with its answer, each sentence with the lines that it was read in. */
export function buildAskMessage(question: string, answer: AskAnswer): SlackMessage {
  const asked = `*${quoteLine(question, MAX_SENTENCE)}*`;
  const said = answer.kind === 'answered' ? tellSentences(answer.sentences) : sections([quoteLine(answer.text, 500)]);
  const more = answer.sentences.length - SHOWN_SENTENCES;
  const last = context([
    `engine ${quoteLine(answer.engine, MAX_TITLE)}`,
    ...(more > 0 ? [`${more} more sentences are not shown`] : []),
    ...(answer.provenance.degraded ?? []).slice(0, 3).map((note) => quoteLine(note, MAX_SENTENCE)),
  ]);
  const [first = ''] = answer.text.split('\n');
  return message(quoteLine(first, 500), [...sections([asked]), ...said, ...tellSources(answer)], last);
}

/** A section each, so that a command stands below its own sentence. */
function tellSentences(sentences: readonly AskSentence[]): SlackBlock[] {
  return sentences.slice(0, SHOWN_SENTENCES).flatMap((sentence) => sections(tellSentence(sentence)));
}

function tellSentence(sentence: AskSentence): string[] {
  const { text, citations, commands = [], supersededBy } = sentence;
  const places = [...new Set(citations.map(({ source }) => placeOf(source)))].filter(Boolean).slice(0, SHOWN_PLACES);
  const replaced = supersededBy === undefined ? '' : `(replaced by ${quoteLine(supersededBy, 60)})`;
  const words = [quoteLine(text, MAX_SENTENCE), marksOf(sentence), replaced].filter(Boolean).join(' ');
  return [words, ...tellCommands(commands), ...places.map((place) => `↳ ${place}`)];
}

function tellSources({ kind, sources }: AskAnswer): SlackBlock[] {
  const label = kind === 'answered' ? 'Read in' : 'Nearest';
  const lines = sources
    .slice(0, SHOWN_SOURCES)
    .map(({ title, source }) => `${label}: ${quoteLine(title, MAX_TITLE)} ${placeOf(source)}`.trimEnd());
  return context(lines);
}
