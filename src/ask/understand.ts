import { tokenise } from '../diagnose/retrieve/tokenise.ts';
import type { ConversationTurn } from '../domain/conversation.ts';
import { type Facet, readQuestion, type Wanted } from './facets.ts';
import { isJudgementAsked } from './judgement.ts';

/** How a question goes on from the last one: by itself, of the same documents, or of what was before them. */
export type Follows = 'nothing' | 'same' | 'earlier';

export interface Understood extends Omit<Wanted, 'subject'> {
  readonly follows: Follows;
  /** What retrieval reads: the question's subject, or that of the conversation. */
  readonly text: string;
  /** The question's own subject, whatever was said before. */
  readonly own: string;
  /** The question's own telling words. */
  readonly words: readonly string[];
  /** Keys of the documents that the answers before cited, by answer, the last one first; none where it follows nothing. */
  readonly about: readonly (readonly string[])[];
  /** Asked where one document says nothing of the facets. */
  readonly otherwise: readonly Facet[];
  /** It asks for yes or no, which somebody has to weigh. */
  readonly asksJudgement: boolean;
  /** It points to something that nobody has named: an answer would be about anything. */
  readonly lacksSubject: boolean;
}

/** Points back to what was said. */
const ANAPHOR = /\b(?:it|its|that|this|they|them|their|those|these|there|then|same|so)\b/i;

const EARLIER =
  /\b(?:before (?:that|then|this|it)|(?:the )?(?:time|one) before|earlier (?:ones?|times?)|previously|any others?|other times?|and before)\b/gi;

/** Words of questions that tell no subject. */
const HOLLOW = new Set(
  'about again also any anything before cause did do done end ever first get go happen happened happening how i incident it last me mean much next now once one outage previou problem say see take thing time tell took us use used we went what who whom whose why working'.split(
    ' ',
  ),
);

/** More words of its own make a question that stands by itself, whatever it points to. */
const MOST_OWN_WORDS = 3;

/** A question in the light of what was said before it. `namesService` says whether a text names a known service. */
export function understand(
  question: string,
  turns: readonly ConversationTurn[],
  namesService: (text: string) => boolean,
): Understood {
  const { subject: own, facets, ...tense } = readQuestion(question);
  const words = tellingWords(own.replace(EARLIER, ' '));
  const follows = findFollowing(question, words, namesService);
  const about = listCited(turns);
  const asksJudgement = isJudgementAsked(question, facets);
  const asked = { ...tense, own, words, asksJudgement, otherwise: [] };
  if (follows === 'nothing' || about.length === 0) {
    const lacksSubject = follows !== 'nothing' && words.length === 0;
    return { ...asked, facets: orDefault(facets), follows: 'nothing', text: own, about: [], lacksSubject };
  }
  const subject = findSubject(turns, namesService);
  // Who adds words asks something else of the same.
  const carried = facets.length > 0 || words.length > 0 ? facets : subject.facets;
  const text = follows === 'same' ? [subject.text, ...words].join(' ') : subject.text;
  // Whoever owns a service, and however long it took: what was before that is still the incident before.
  const otherwise: readonly Facet[] = follows === 'earlier' && facets.length === 0 ? ['did', 'about'] : [];
  return { ...asked, otherwise, facets: orDefault(carried), follows, text: text.trim(), about, lacksSubject: false };
}

function listCited(turns: readonly ConversationTurn[]): string[][] {
  const cited = turns.map(({ citations }) => [...new Set(citations.map(({ document }) => document))]);
  return cited.filter((documents) => documents.length > 0).reverse();
}

function orDefault(facets: readonly Facet[]): readonly Facet[] {
  return facets.length > 0 ? facets : ['about', 'did'];
}

function findFollowing(question: string, words: readonly string[], namesService: (text: string) => boolean): Follows {
  if (words.length > MOST_OWN_WORDS || namesService(question)) return 'nothing';
  const isEarlier = question.search(EARLIER) >= 0;
  if (isEarlier && words.length <= 1) return 'earlier';
  if (words.length === 0 || ANAPHOR.test(question)) return 'same';
  return 'nothing';
}

/** The last question that named a subject of its own, and what was wanted last. */
function findSubject(
  turns: readonly ConversationTurn[],
  namesService: (text: string) => boolean,
): { readonly text: string; readonly facets: readonly Facet[] } {
  const read = turns.map(({ question }) => ({ question, wanted: readQuestion(question) }));
  const own = read.findLast(({ question, wanted }) => {
    const words = tellingWords(wanted.subject.replace(EARLIER, ' '));
    return words.length > 0 && findFollowing(question, words, namesService) === 'nothing';
  });
  const facets = read.findLast(({ wanted }) => wanted.facets.length > 0)?.wanted.facets ?? [];
  return { text: own?.wanted.subject ?? '', facets };
}

function tellingWords(text: string): string[] {
  return [...new Set(tokenise(text))].filter((word) => !HOLLOW.has(word));
}
