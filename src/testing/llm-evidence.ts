import type { Evidence, RankedIncident, RankedRunbook } from '../diagnose/evidence.ts';
import { buildEvidence, rankIncident } from './evidence-builder.ts';
import { buildDigest, buildIncident, buildRunbook, buildSection, buildSource, buildStep } from './knowledge-builder.ts';

const LOAD = 'incidents/2026/load.md';
const DNS = 'incidents/2025/dns.md';
const RUNBOOK = 'runbooks/pre-processor/High.md';

/** A small but whole case: an alert, traces, two precedents that disagree, a runbook and the topology around them. */
export function buildLlmEvidence(fields: Partial<Evidence> = {}): Evidence {
  return buildEvidence({
    digest: {
      ...buildDigest('pre-processor', 'web-server'),
      text: 'pre-processor own time rose from 2.6 ms to 775 ms; web-server only waits.',
      causalPath: [{ from: 'web-server', to: 'pre-processor', verified: 'span' }],
    },
    precedents: [loadSpike(), dnsOutage()],
    runbooks: [highLatency()],
    ...fields,
  });
}

function loadSpike(): RankedIncident {
  const incident = buildIncident({
    id: '2026/load',
    title: 'Load test tripled the request rate',
    date: '2026-03-14',
    services: ['pre-processor', 'web-server'],
    alerts: ['WebServerLatencyHigh'],
    category: 'load-spike',
    rootCause: { service: 'pre-processor', summary: 'The only worker thread of pre-processor was saturated.' },
    signals: ['trace pre-processor preprocess-request latency'],
    sections: [
      buildSection(LOAD, 'summary', 'Requests to web-server took over a second; the rate rose from 1 to 3 req/s.', 12),
      buildSection(LOAD, 'root-cause', 'One worker thread serves 3.1 req/s at most, so requests queued.', 20),
    ],
    steps: [
      buildStep(
        LOAD,
        'Scale pre-processor to three replicas.',
        ['kubectl scale deploy/pre-processor --replicas=3'],
        30,
      ),
      buildStep(LOAD, 'Ask the owner of the load test to stop it.', [], 34),
    ],
  });
  return rankIncident(incident, 0.8);
}

function dnsOutage(): RankedIncident {
  const incident = buildIncident({
    id: '2025/dns',
    title: 'Name resolution took five seconds',
    date: '2025-11-02',
    services: ['pre-processor', 'inference-server'],
    category: 'dns',
    rootCause: { service: 'inference-server', summary: 'A lost packet delayed every name lookup by five seconds.' },
    sections: [buildSection(DNS, 'summary', 'Calls to inference-server hung before they were sent.', 10)],
    steps: [buildStep(DNS, 'Restart the node-local DNS cache.', ['kubectl rollout restart ds/node-local-dns'], 22)],
  });
  return rankIncident(incident, 0.5);
}

function highLatency(): RankedRunbook {
  const runbook = buildRunbook({
    id: 'pre-processor/High',
    title: 'Pre-processor latency is high',
    services: ['pre-processor'],
    alerts: ['PreProcessorLatencyHigh'],
    sections: [
      buildSection(RUNBOOK, 'meaning', 'Requests wait for a worker thread or are slow themselves.', 8),
      buildSection(RUNBOOK, 'diagnosis', 'Compare the request rate with yesterday: one thread serves 3.1 req/s.', 15),
    ],
    steps: [
      buildStep(RUNBOOK, 'Raise WORKER_THREADS to 4.', ['kubectl set env deploy/pre-processor WORKER_THREADS=4'], 40),
    ],
  });
  const excerpt = 'Compare the request rate with yesterday: one thread serves 3.1 req/s.';
  return { runbook, score: 0.7, relevance: 0.7, scores: { lexical: 0.7 }, source: buildSource(RUNBOOK, 15), excerpt };
}

/** What a good model answers to that evidence. */
export const GOOD_ANSWER = {
  reasoning: 'Same rise of the rate and of own time as in P1; P2 hung before sending, this does not.',
  category: 'load-spike',
  service: 'pre-processor',
  summary: 'The request rate saturates the only worker thread of pre-processor.',
  citations: [
    { id: 'P1', quote: 'One worker thread of pre-processor was saturated' },
    { id: 'T1', quote: 'own time rose from 2.6 ms to 775 ms' },
  ],
  hypotheses: [
    {
      category: 'load-spike',
      service: 'pre-processor',
      summary: 'Load exceeds one thread.',
      support: 0.7,
      citations: [{ id: 'P1', quote: 'the rate rose from 1 to 3 req/s' }],
      check: { id: 'R1', quote: 'Compare the request rate with yesterday' },
    },
    {
      category: 'dns',
      service: 'inference-server',
      summary: 'Name lookups are slow.',
      support: 0.2,
      citations: [{ id: 'P2', quote: 'Calls to inference-server hung before they were sent' }],
      check: null,
    },
  ],
  mitigation: ['P1.1', 'R1.1'],
};
