import type { Facet } from './facets.ts';

const AUXILIARIES = new Set(
  'am are can could did do does had has have is may might must need ought shall should was were will would'.split(' '),
);

/** What stands before a question. */
const OPENERS = new Set('and but hello hey hi okay please so then well'.split(' '));

/** Asks to be told, or whether something is written or was seen: knowledge says that, and nobody need weigh it. */
const ASKS_TO_BE_TOLD = [
  /^(?:can|could|would|will|do) you (?:please )?(?:tell|say|explain|show|know|find|give|list|describe|remind|summari[sz]e)\b/,
  /^(?:is|are|was|were) there (?:a|an|any|some)? ?(?:\S{1,40} )?(?:runbook|playbook|procedure|document|incident|postmortem|precedent|workaround|fix|remedy|mitigation|command|owner|alert)/,
  /^(?:do|did|have|has) (?:we|you|they|anybody|anyone) (?:have|had|got|ever|seen|see)\b/,
];

/** Words that ask for something beside yes or no, where a facet was asked, too. */
const ASKS_OPENLY = /\b(?:what|how|why|who|which|when)\b/;

/** "Is it safe …?", "should I …?", "was it the database?": whoever answers yes or no has weighed. */
export function isJudgementAsked(question: string, facets: readonly Facet[]): boolean {
  const words =
    question
      .toLowerCase()
      .replaceAll('’', "'")
      .match(/[\p{L}\p{N}'-]+/gu) ?? [];
  if (/^(?:ok|okay|safe|wise|allowed) to\b/.test(words.join(' '))) return true;
  const asked = words.slice(words.findIndex((word) => !OPENERS.has(word)));
  if (!AUXILIARIES.has((asked[0] ?? '').replace(/n't$/, ''))) return false;
  const said = asked.join(' ');
  if (facets.includes('often') || ASKS_TO_BE_TOLD.some((form) => form.test(said))) return false;
  return facets.length === 0 || !ASKS_OPENLY.test(said);
}
