import type { SchemaNotes } from './schema-notes.ts';

export const SUSPECT: SchemaNotes = {
  self: 'A service, or one of its operations, that changed between the windows.',
  service: 'The suspect service.',
  operation: 'The suspect operation; absent when the whole service is suspect.',
  score: 'Relative to the strongest suspect of the digest, 0..1.',
  reasons: 'Why it is suspect, in words, strongest first.',
  before: 'Its numbers in the baseline window; null when it was not seen there.',
  after: 'Its numbers in the incident window; null when it was not seen there.',
  withoutBaseline: 'True when there was nothing to compare with: what is always slow looks like what has become slow.',
  exemplarTraceIds: 'Traces of the incident window that show it.',
  rankings: 'What each way of looking for a culprit says of it, where it says anything.',
};

/** What traces say, in the OpenAPI document. */
export const TRACE_NOTES: Readonly<Record<string, SchemaNotes>> = {
  CausalEdge: {
    self: 'One step of the causal path: a service calls another.',
    from: 'The caller.',
    to: 'The called service.',
    verified: 'How the step is known: `span` was seen, `topology` is declared, `unverified` is neither.',
  },
  LoadShape: {
    self: 'What the whole window looks like, beside whose doing it is.',
    kind:
      '`more-load`, `less-load`: requests arrive faster or slower. `saturation`: requests wait in a queue. ' +
      '`slowdown`: each takes longer though no more of them arrive.',
    service: 'Where it shows.',
    operation: 'The operation where it shows, when it is one.',
    reason: 'One sentence with the numbers, before → after.',
  },
  RankerSays: {
    self: "One ranker's word on a service.",
    rank: 'Its place by this ranker; 1 is first.',
    score: "The ranker's own measure: compare it only with others of the same ranker.",
  },
  Suspect: SUSPECT,
  TraceDigest: {
    self: 'A bounded summary of two windows of spans.',
    healthy: 'True when there was a baseline to compare with and nothing changed for the worse.',
    suspects: 'At most 10, best first.',
    causalPath: 'From the caller where the symptom shows to the culprit.',
    signals: 'Each change as four words: `source service name kind`.',
    shapes: 'Load and throughput: what the whole window looks like. Most telling first.',
    text: 'The digest in at most 140 words.',
    windows: 'What the windows held; null in a digest that was made elsewhere.',
    snapshotKeys: 'Under these keys the windows are kept whole: `GET /v1/snapshots/{key}`. The baseline comes first.',
    repairs: 'What was mended while reading, counted by kind.',
  },
  TraceWindows: {
    self: 'Both windows of a digest.',
    baseline: 'The window to compare with; null when there was none.',
    incident: 'The window that was asked about.',
  },
  TraceWindow: {
    self: 'What one window held, after what could not be read was left out.',
    from: 'Start of its first span, UTC.',
    to: 'End of its last span, UTC.',
    traces: 'Traces in it.',
    spans: 'Spans in it.',
    changedSince: 'Where the window changes in its middle: numbers of the digest are of the part from here on.',
    snapshotKey: 'The key under which it is kept whole; absent when it is not kept.',
  },
  WindowStats: {
    self: 'Numbers of one operation in one window.',
    spans: 'Spans counted.',
    ownMsP50: 'Median own time in milliseconds: duration without child spans.',
    ownMsP95: '95th percentile of own time in milliseconds.',
    totalMsP50: 'Median duration in milliseconds.',
    originErrors: 'Spans that erred without an erring child: where errors begin.',
  },
};
