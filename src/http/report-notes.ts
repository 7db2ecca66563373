import type { SchemaNotes } from './schema-notes.ts';

const byTarget = (field: string, what: string): SchemaNotes => ({
  [field]: what,
  [`${field}.service`]: 'Of the service.',
  [`${field}.category`]: 'Of the category.',
  [`${field}.both`]: 'Of service and category together.',
});

const cause = (field: string, what: string): SchemaNotes => ({
  [field]: what,
  [`${field}.service`]: 'The service; null where none is named.',
  [`${field}.category`]: 'The category; null where none is named.',
});

const groups = (field: string, what: string, name: string): SchemaNotes => ({
  [field]: what,
  [`${field}[].name`]: name,
  [`${field}[].found`]: 'The whole of the cause that the postmortem names.',
  [`${field}[].precedent`]: 'An incident of the same cause among the precedents.',
});

/** The report of a backtest, in the OpenAPI document. */
export const REPORT_NOTES: Readonly<Record<string, SchemaNotes>> = {
  BacktestCase: {
    self: 'One incident of the past, asked as if it happened again.',
    incident: 'Its id.',
    title: 'Its title.',
    date: 'The day it happened; null for an incident without a date, which was asked against all others.',
    ...cause('truth', 'What it was, by its postmortem.'),
    ...cause('said', 'What was said. An abstention says `unseen`.'),
    ...cause('best', 'What the best hypothesis named, which is what the scores are of.'),
    kind: 'Whether there was an answer.',
    ...byTarget('ranks', '1 when the best hypothesis is right, 2 the second …; null when none is.'),
    precedentRank: 'Rank of the first precedent with the same cause; null when none was found.',
    isKnownCategory: 'Whether an incident of this category had happened before; otherwise `unseen` is right.',
    ...byTarget('scores', 'Raw scores of the answer, 0..1.'),
    known: 'Incidents that could be known on that day.',
  },
  BacktestReport: {
    self: 'Would it have found it last time, and how far can its confidence be believed?',
    id: 'Of this run and of the calibration that came of it.',
    engine: 'Whose answers were judged.',
    recipe: 'How raw scores were made.',
    generation: 'The generation whose incidents were asked.',
    ranAt: 'When the run ended, UTC.',
    isStale: 'The incidents served now are not those that were asked.',
    asked: 'Incidents that were asked.',
    skipped: 'Incidents that were not, and why.',
    found: 'Shares of the incidents asked, by what was to be found.',
    'found.service': 'The right service among the hypotheses.',
    'found.category': 'The right category among the hypotheses.',
    'found.both': 'The right service and category in one hypothesis.',
    'found.precedent': 'An incident of the same cause among the precedents.',
    ...groups('byCategory', 'By category, the largest first.', 'The category.'),
    ...groups('byMonth', 'By the month of the incident, the oldest first.', 'The month: `2026-03`.'),
    unseen: 'Whether it knows what is new.',
    'unseen.recall': 'Of incidents of a category that had not happened before, those that were called `unseen`.',
    'unseen.precision': 'Of incidents that were called `unseen`, those that were.',
    confidence: 'How far confidences hold: first by time where dates allow, then each case left out.',
    notes: 'What must be known to read the figures, in words.',
    cases: 'Incident by incident; empty with `cases=false`.',
  },
  CalibrationQuality: {
    self: 'How good chances are, on cases that took no part in the fit.',
    brier: 'Mean squared error; 0 is perfect.',
    brierSkill: 'Against always saying the base rate: 1 is perfect, 0 no better; null when all are right or all wrong.',
    ece: 'Expected calibration error over five bins of about equal size, 0..1.',
    eceInterval: '95 % interval of it, by resampling.',
    eceNull: 'What a perfectly calibrated model would show on these cases.',
    'eceNull.median': 'In the middle of the draws.',
    'eceNull.p95': 'What it exceeds once in twenty.',
    auroc: 'Chance that a right case has the higher confidence than a wrong one; null without one of each.',
    baseRate: 'Share that was right.',
  },
  CoveragePoint: {
    self: 'What comes of answering only from a confidence on.',
    coverage: 'Share of the questions that are answered.',
    risk: 'Share of these answers that are wrong.',
    threshold: 'The confidence.',
  },
  FoundShares: {
    self: 'The right one among the first.',
    top1: 'As the first.',
    top3: 'Among the first three.',
    top5: 'Among the first five.',
  },
  GradedCase: {
    self: 'What was said of one case, and whether it was so.',
    score: 'The chance that was given to it, 0..1.',
    isRight: 'Whether it was right.',
    answer: 'What was named, where a record of answers is kept.',
  },
  JudgedTarget: {
    self: 'How far the confidences of one target can be believed.',
    target: 'What the confidence is of.',
    split: '`later`: learnt from older cases, judged on newer ones. `left-out`: each case judged by a fit without it.',
    n: 'Cases.',
    quality: 'In figures.',
    bins: 'The reliability diagram.',
    coverage: 'The risk–coverage curve, the surest first.',
    thresholds: 'The lowest confidence at which the risk stays within its bound; null when no history shows it.',
    'thresholds.act': 'At `ACT_RISK`. Diagnoses act by that of `both`.',
    'thresholds.suggest': 'At `SUGGEST_RISK`.',
    cases: 'Case by case; empty with `cases=false`.',
  },
  ReliabilityBin: {
    self: 'Some cases that said about the same.',
    from: 'The lowest confidence among them.',
    to: 'The highest.',
    n: 'How many they are.',
    confidence: 'What they said on average.',
    accuracy: 'Share that was right.',
  },
  Share: {
    self: 'A share, and how well it is known.',
    n: 'Of how many.',
    value: 'The share, 0..1; null of nothing.',
    interval: '95 % interval (Clopper–Pearson).',
  },
  SkippedIncident: {
    self: 'An incident that was not asked.',
    incident: 'Its id.',
    reason:
      '`no-cause`: it names none. `no-symptoms`: nothing to ask. `superseded`: a later document replaces it. ' +
      '`draft`: nobody has reviewed it. ' +
      '`nothing-before`: too little had happened before it. `failed`: there was no answer.',
    detail: 'With `failed`: in words.',
  },
};
