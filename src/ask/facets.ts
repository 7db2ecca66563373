/** What a question wants to know of its subject. */
export type Facet =
  | 'often'
  | 'duration'
  | 'when'
  | 'check'
  | 'noticed'
  | 'did'
  | 'why'
  | 'impact'
  | 'owner'
  | 'calls'
  | 'service'
  | 'undo'
  | 'lessons'
  | 'story'
  | 'about';

/** The words by which people ask for each. They say nothing of the subject, so retrieval does without them. */
const CUES: readonly (readonly [facet: Facet, cue: RegExp])[] = [
  [
    'often',
    /\bhow (?:often|many times)\b|^\W{0,9}(?:has|have|had|did|was)\b(?: (?:we|you|they|anybody|anyone))?(?=[^\n]{1,2000}\bbefore\W{0,9}$)|\b(?:happen(?:ed)?|occur(?:red)?|seen?) (?:(?:it|this|that) )?(?:before|already)\b(?! (?:that|then|this|it)\b)/gi,
  ],
  ['duration', /\bhow (?:long|much time)\b(?: (?:did|does|was|were|will|would|has|have|until)\b)?|\bduration\b/gi],
  [
    'when',
    /^\W{0,9}when (?:was|is|did|were)\b|\bwhen (?:did|was it|has it|have we)\b|\bwhen\?|\b(?:what|which) (?:day|date|year|month)\b/gi,
  ],
  [
    'check',
    /\bhow (?:do|can|should|could|to)\b(?: (?:i|we|you|one))? (?:check|diagnose|confirm|verify|investigate|tell whether|find out)\b|\bwhat (?:do|can|should) (?:i|we|you) (?:check|look at|look for)\b/gi,
  ],
  [
    'noticed',
    /\bhow (?:did|do|would|was|were|can) (?:we|it|i|you|this|they|that) (?:first )?(?:notice|noticed|see|seen|detect|detected|discovered|know)\b|\b(?:what|which) alerts?(?: (?:fired|went off))?\b|\bsymptoms? (?:of|was|were)\b/gi,
  ],
  [
    'undo',
    // What is taken back says much of the subject, so it stays.
    /(?:\bhow (?:do|can|should|could|to|did)\b(?: (?:i|we|you|one))?|\b(?:command|way|steps?) to)(?= (?:undo|revert|roll (?:\S{1,40} ){0,4}back|rollback|back out)\b)|^\W{0,9}(?=(?:undo|revert|roll back|rollback)\b)|\b(?:what is|what's) the (?=(?:rollback|way back)\b)/gi,
  ],
  [
    // Before what was done: it begins with the same words.
    'lessons',
    /\bwhat (?:did|have|do) (?:we|you|they) (?:learn|learnt|learned)\b(?: from\b)?|\b(?:lessons?|action items?|follow-?ups?)\b(?: (?:from|of|learnt|learned|after)\b)?|\bhow (?:do|can|did|could) we prevent\b/gi,
  ],
  [
    'did',
    /\bwhat (?:did|do|does|should|can|could|must|would|have|had) (?:we|i|you|they|one)\b(?: (?:do|done|try|tried))?\b|\bwhat (?:was|were|is|can be|has to be|should be|must be) (?:done|tried)\b|\bwhat (?:helped|fixed|fixes|worked|solved|resolved|helps|works)\b/gi,
  ],
  [
    'did',
    /\bhow (?:did|do|does|should|can|could|would|to|was|were|is|are)\b(?: (?:we|i|you|they|one|it|this|that))?(?: be)? (?:fix|solve|resolve|mitigate|handle|recover|restore|mend|repair|stop|deal with|get out of|clear)(?:e?d|s|ped)?\b/gi,
  ],
  ['did', /\b(?:mitigations?|remedy|remedies|workarounds?|the fix|the steps|steps to|the resolution)\b/gi],
  [
    'why',
    /\bwhy\b(?: (?:did|do|does|was|were|is|are|has|have)\b)?|\b(?:the )?(?:root )?causes?\b(?: (?:of|for|was|were|is|that|when|behind)\b)?|\bwhat (?:caused|causes|led to|triggered|broke|went wrong|was wrong)\b|\breasons? (?:of|for|why)\b/gi,
  ],
  [
    'impact',
    /\b(?:the )?(?:impact|blast radius)\b(?: of\b)?|\bhow (?:bad|severe)\b|\bwho was affected\b|\bwhat (?:was|got) (?:lost|affected)\b/gi,
  ],
  [
    'owner',
    /\bwho (?:owns?|owned|runs?|maintains?|keeps?|looks after|is responsible for|is on call for)\b|\b(?:the )?owners? of\b|\bwhich team\b(?: (?:owns?|runs?|maintains?)\b)?|\bwho (?:do|should|can|shall) (?:i|we) (?:call|ask|page|contact|wake)\b/gi,
  ],
  [
    'calls',
    /\b(?:who|what|which services?) (?:calls?|depends? on|uses?)\b|\bwhat does \S{1,80} (?:call|depend on|use)\b|\bdependenc(?:y|ies) of\b|\b(?:up|down)stream of\b/gi,
  ],
  ['service', /\b(?:which|what) (?:services?|components?)\b(?: (?:was|were|is|are|had|did)\b)?/gi],
  ['story', /\b(?:the )?timeline\b(?: of\b)?|\bwhat happened\b|\btell me (?:the story|what happened)\b/gi],
];

/** What people say around a question. */
const FRAME =
  /\b(?:(?:the )?(?:last|latest|most recent|previous) (?:time|incident|outage)|last time|please|tell me|remind me|do you know|(?:can|could|would) you (?:tell|say|explain|show)(?: me)?|hi|hello|hey|thanks|thank you|ever)\b/gi;

const PAST =
  /\b(?:did|was|were|had|happened|happen before|last|fixed|helped|took|caused|went|solved|learnt|learned|ever|previous|then)\b/i;

const LATEST = /\b(?:last|latest|most recent|newest)\b/i;

export interface Wanted {
  /** In the order of asking; none where the words do not say. */
  readonly facets: readonly Facet[];
  /** The question without the words that say what is wanted. */
  readonly subject: string;
  /** Whether it asks for what was, or for what to do. */
  readonly isPast: boolean;
  readonly wantsLatest: boolean;
}

/** Reads a question by its words: what it wants to know, and of what. */
export function readQuestion(question: string): Wanted {
  const found: { readonly facet: Facet; readonly at: number }[] = [];
  let subject = question;
  for (const [facet, cue] of CUES) {
    subject = subject.replace(cue, (words) => {
      found.push({ facet, at: question.toLowerCase().indexOf(words.toLowerCase()) });
      return ' ';
    });
  }
  found.sort((a, b) => a.at - b.at);
  return {
    facets: [...new Set(found.map(({ facet }) => facet))],
    subject: subject.replace(FRAME, ' ').replace(/\s+/g, ' ').trim(),
    isPast: PAST.test(question),
    wantsLatest: LATEST.test(question),
  };
}
