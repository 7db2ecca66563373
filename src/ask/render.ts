import type { AskRefusal, AskSentence, AskSource } from '../domain/ask.ts';
import { keyOf } from '../domain/document.ts';

/** The sentences as plain text, each with the numbers of the sources that bear it out. */
export function renderSentences(sentences: readonly AskSentence[], sources: readonly AskSource[]): string {
  const numbers = new Map(sources.map((source, at) => [keyOf(source), at + 1]));
  return sentences
    .map(({ text, citations, commands = [], needsApproval }) => {
      const cited = [...new Set(citations.flatMap(({ document }) => numbers.get(document) ?? []))];
      const marks = cited.map((number) => `[${number}]`).join('');
      const warning = needsApproval ? ' (needs approval)' : '';
      const lines = commands.flatMap((command) => command.split('\n')).map((line) => `    ${line}`);
      return [`${text} ${marks}`.trim() + warning, ...lines].join('\n');
    })
    .join('\n');
}

const REFUSALS: Readonly<Record<AskRefusal, string>> = {
  'off-topic': 'The knowledge holds no answer to this question.',
  'no-subject': 'The question names nothing to look for: say which service, alert or incident it is about.',
  'no-earlier': 'The knowledge holds no earlier incident of this kind.',
  'not-said': 'The documents about this do not say what was asked.',
};

/** A refusal in words, with what comes nearest. */
export function renderRefusal(reason: AskRefusal, sources: readonly AskSource[]): string {
  const nearest = sources.slice(0, 3).map(({ title, kind }) => `${title} (${kind})`);
  return [REFUSALS[reason], ...(nearest.length === 0 ? [] : [`Nearest: ${nearest.join('; ')}.`])].join(' ');
}
