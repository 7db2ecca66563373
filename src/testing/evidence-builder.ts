import type { Evidence, RankedIncident } from '../diagnose/evidence.ts';
import type { Incident } from '../domain/document.ts';
import { buildGraph } from './knowledge-builder.ts';

/** Evidence for tests of engines and scores, of which a test states only what it is about. */
export function buildEvidence(fields: Partial<Evidence> = {}): Evidence {
  return {
    situation: {
      text: 'p95 latency of web-server is above 1 s',
      expression: '',
      alertNames: ['WebServerLatencyHigh'],
      services: ['web-server'],
      runbookUrls: [],
      signals: [],
    },
    digest: undefined,
    precedents: [],
    runbooks: [],
    graph: buildGraph('web-server > pre-processor > inference-server'),
    ...fields,
  };
}

export function rankIncident(incident: Incident, score: number): RankedIncident {
  return { incident, score, relevance: score, similarity: score, scores: { lexical: score }, alike: [] };
}
