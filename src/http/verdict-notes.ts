import type { SchemaNotes } from './schema-notes.ts';

const TRUE_CAUSE: SchemaNotes = {
  self: 'What it really was, as far as is known; with `corrected`, the service or the category at least.',
  service: 'The culprit.',
  category: 'Its root-cause category, as incidents name theirs.',
  summary: 'The cause in words.',
};

const VERDICT =
  '`confirmed`: that was it. `rejected`: it was not. `corrected`: it was not, and `trueCause` says what was.';

/** What people say of diagnoses, in words. */
export const VERDICT_NOTES: Readonly<Record<string, SchemaNotes>> = {
  DiagnosisVerdicts: {
    self: 'What was said of one diagnosis.',
    diagnosisId: 'Which diagnosis.',
    verdicts: 'Those that count, at most one of each person, in the order they were given; the newest 100.',
    tally: 'How many of each kind count.',
    'tally.confirmed': 'People who say that it was right.',
    'tally.rejected': 'People who say that it was wrong.',
    'tally.corrected': 'People who say what it was instead.',
    earlier: 'Those that count no more, in the order they were given; the newest 100.',
    earlierCount: 'How many count no more.',
  },
  TrueCause: TRUE_CAUSE,
  VerdictRecord: {
    self: 'A verdict as it was given.',
    diagnosisId: 'Which diagnosis it is about.',
    by: 'Who gave it.',
    verdict: VERDICT,
    trueCause: 'What it was instead.',
    at: 'When it was given, UTC.',
    ended: 'Since when and why it counts no more; absent while it counts.',
    'ended.at': 'Since when, UTC.',
    'ended.how': '`superseded` by a later verdict of the same person, or `withdrawn`.',
  },
  VerdictRequest: {
    self: 'What one person says of a diagnosis.',
    verdict: VERDICT,
    trueCause: 'What it was instead; with `corrected` only.',
    by: 'Who says so: a user name or id, stored as it is. Capitals and spaces around it make no difference.',
  },
};
