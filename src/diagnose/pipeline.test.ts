import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { DiagnosisRequest } from '../domain/request.ts';
import { inputInvalid } from '../http/input.ts';
import type { ChatModel } from '../ports.ts';
import { buildIncident, buildRunbook, buildSection, buildStep } from '../testing/knowledge-builder.ts';
import type { TraceFetch } from './fetch-traces.ts';
import { type DiagnosePorts, diagnose } from './pipeline.ts';
import { buildKnowledge } from './retrieve/knowledge.ts';

const NOW = new Date('2026-10-15T03:00:00Z');
const MODEL = { id: 'test', checksum: 'c', dimension: 2 };

const DOCUMENTS: KnowledgeDocument[] = [
  buildIncident({
    id: '2026/spike',
    title: 'Pre-processor saturated by three requests a second',
    date: '2026-02-11',
    services: ['pre-processor', 'web-server'],
    alerts: ['PreProcessorLatencyHigh'],
    category: 'load-spike',
    rootCause: { service: 'pre-processor', summary: 'One worker thread served three requests a second.' },
    signals: ['trace pre-processor preprocess-request latency'],
    sections: [
      buildSection('incidents/2026/spike.md', 'detection', 'p95 latency of pre-processor rose above one second.'),
    ],
    steps: [buildStep('incidents/2026/spike.md', 'Scale the pre-processor to three replicas.')],
  }),
  buildIncident({
    id: '2026/dns',
    title: 'Resolver timeouts',
    date: '2026-05-01',
    services: ['web-server'],
    category: 'dns',
    rootCause: { service: 'web-server', summary: 'The resolver waited five seconds.' },
    sections: [buildSection('incidents/2026/dns.md', 'detection', 'Requests waited five seconds for names.')],
  }),
  buildRunbook({
    id: 'pre-processor/PreProcessorLatencyHigh',
    title: 'PreProcessorLatencyHigh',
    services: ['pre-processor'],
    alerts: ['PreProcessorLatencyHigh'],
    sections: [
      buildSection(
        'runbooks/pre-processor/PreProcessorLatencyHigh.md',
        'meaning',
        'The p95 latency is above one second.',
      ),
    ],
    steps: [buildStep('runbooks/pre-processor/PreProcessorLatencyHigh.md', 'Raise the worker threads.')],
  }),
];

const ALERT = {
  labels: { alertname: 'PreProcessorLatencyHigh', service: 'pre-processor', severity: 'page' },
  annotations: { summary: 'p95 latency of pre-processor is above one second' },
  startsAt: '2026-10-15T02:11:00Z',
};

const ports = (overrides: Partial<DiagnosePorts> = {}): DiagnosePorts => ({
  embedder: {
    maxBatch: 8,
    describe: async () => MODEL,
    embed: async (texts) => texts.map(() => new Float32Array([1, 0])),
    loadTokenizer: async () => (text) => text.length,
    [Symbol.asyncDispose]: async () => {},
  },
  index: { nearest: async () => [] },
  chatModel: undefined,
  llmDeadline: () => AbortSignal.timeout(200),
  now: () => NOW,
  newId: () => 'id-1',
  elapsed: () => 0,
  ...overrides,
});

async function ask(body: object, overrides: Partial<DiagnosePorts> = {}, documents = DOCUMENTS) {
  const generation = {
    key: 'g1',
    model: MODEL,
    sources: [{ name: '', kind: 'directory' as const, location: '/knowledge', sha: 'abc' }],
    publishedAt: NOW.toISOString(),
    documents: 0,
    chunks: 0,
  };
  const knowledge = await buildKnowledge(generation, documents);
  return diagnose(DiagnosisRequest.parse(body), knowledge, ports(overrides));
}

const failing = (run: () => Promise<never>): ChatModel => ({ name: 'scripted', complete: run });

describe('a diagnosis', () => {
  it('names the cause of the precedent that fits, what to do, and where each of it stands', async () => {
    const diagnosis = await ask({ alert: ALERT });
    expect(diagnosis).toMatchObject({ id: 'id-1', kind: 'answered', engine: 'precedent' });
    expect(diagnosis.rootCause).toMatchObject({ category: 'load-spike', service: 'pre-processor' });
    expect(diagnosis.precedents[0]?.id).toBe('2026/spike');
    expect(diagnosis.mitigation.map(({ citation }) => citation.document)).toEqual([
      'runbook:pre-processor/PreProcessorLatencyHigh',
      'incident:2026/spike',
    ]);
    expect(diagnosis.provenance).toMatchObject({ generation: 'g1', knowledgeSha: 'abc', model: MODEL });
    expect(Object.keys(diagnosis.provenance.timings)).toEqual(['normalise', 'digest', 'retrieve', 'predict', 'score']);
  });

  it('is the same for an alert, a group and a list of alerts', async () => {
    const group = { status: 'firing', groupKey: '{}', commonLabels: ALERT.labels, alerts: [ALERT] };
    const answers = await Promise.all(
      [{ alert: ALERT }, { alerts: [ALERT] }, { alert: group }, { alerts: group }].map((body) => ask(body)),
    );
    for (const answer of answers) expect(answer.rootCause).toEqual(answers[0]?.rootCause);
  });

  it('abstains with its leads when nothing resembles the alert, and keeps only the steps of a runbook that it names', async () => {
    const unrelated = {
      labels: { alertname: 'ArrayBatteryFault' },
      annotations: { summary: 'Firmware reports a worn battery' },
    };
    const diagnosis = await ask({ alert: unrelated });
    expect(diagnosis).toMatchObject({ kind: 'abstained', reason: 'no-precedent', mitigation: [] });
    expect(diagnosis.rootCause).toMatchObject({ category: 'unseen', service: null });
    const onlyRunbook = await ask({ alert: ALERT }, {}, DOCUMENTS.slice(2));
    expect(onlyRunbook.kind).toBe('abstained');
    expect(onlyRunbook.mitigation.map(({ step }) => step)).toEqual(['Raise the worker threads.']);
  });

  it.each([
    { labels: { alertname: 'X' } },
    { labels: { alertname: 'Requests' } },
    { labels: { service: 'web-server' }, annotations: { summary: 'lunch is late' } },
  ])('abstains when the alert says nothing: %j', async (alert) => {
    expect(await ask({ alert, traceDigest: {} })).toMatchObject({ kind: 'abstained', mitigation: [] });
  });

  it('uses nothing that was written later than asOf', async () => {
    const diagnosis = await ask({ alert: ALERT, asOf: '2026-02-11T12:00:00Z' });
    expect(diagnosis.precedents).toEqual([]);
    expect(diagnosis.kind).toBe('abstained');
  });

  it('says which traces were asked for, how long that took, and that it is answered without them', async () => {
    const fetchTraces: TraceFetch = {
      name: 'jaeger',
      windows: { windowSeconds: 600, baselineGapSeconds: 600 },
      read: () => Promise.reject(new PrecedentError('traces-unavailable', 'it is away')),
    };
    const { kind, provenance, digest } = await ask({ alert: ALERT }, { fetchTraces });
    expect({ kind, digest }).toEqual({ kind: 'answered', digest: null });
    expect(provenance.degraded).toEqual(['traces: it is away']);
    expect(provenance.traces?.services).toEqual(['pre-processor']);
    expect(Object.keys(provenance.timings)).toContain('traces');
  });

  it('takes a digest made elsewhere for its suspects and signals', async () => {
    const digest = {
      suspects: [{ service: 'pre-processor' }],
      signals: ['trace pre-processor preprocess-request latency'],
    };
    const diagnosis = await ask({ alert: ALERT, traceDigest: digest });
    expect(diagnosis.suspects[0]).toMatchObject({ service: 'pre-processor', score: 1 });
    expect(diagnosis.precedents[0]?.scores.signals).toBeGreaterThan(0.9);
  });

  it.each([
    ['refuses', failing(async () => Promise.reject(new PrecedentError('llm-unavailable', 'scripted: HTTP 429')))],
    ['hangs', failing(() => new Promise(() => {}))],
  ])('degrades to the precedent engine and says why when the LLM %s', async (_how, chatModel) => {
    const diagnosis = await ask({ alert: ALERT }, { chatModel });
    expect(diagnosis).toMatchObject({ engine: 'precedent', rootCause: { category: 'load-spike' } });
    expect(diagnosis.provenance.attempts).toHaveLength(1);
    expect(diagnosis.provenance.attempts?.[0]?.model).toBe('scripted');
  });

  it('says so when an LLM is asked for and none is configured', async () => {
    const diagnosis = await ask({ alert: ALERT, options: { engine: 'llm' } });
    expect(diagnosis.provenance.attempts?.[0]?.reason).toContain('LLM_BASE_URL');
  });
});

describe('a request', () => {
  it.each([
    [{}, 'alert'],
    [{ alert: {} }, 'alert'],
    [{ alert: { labels: {}, annotations: {} } }, 'alert'],
    [{ alerts: [{}] }, 'alerts'],
    [{ alerts: [{ labels: {} }, { annotations: {} }] }, 'alerts'],
    [{ alerts: { alerts: [{}] } }, 'alerts'],
    [{ alert: { labels: { a: {} } } }, 'alert.labels.a'],
    [{ alert: ALERT, asOf: 'yesterday' }, 'asOf'],
    [{ alert: ALERT, options: { k: 0 } }, 'options.k'],
    [{ alert: ALERT, traceDigest: { signals: ['two words'] } }, 'traceDigest.signals.0'],
  ])('is refused with the path of the mistake: %j', (body, path) => {
    const issues = DiagnosisRequest.safeParse(body).error?.issues ?? [];
    expect(issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('may hold a thousand alerts and no more, and says so', () => {
    const list = (length: number) => Array.from({ length }, () => ALERT);
    expect(DiagnosisRequest.safeParse({ alerts: list(1_000) }).success).toBe(true);
    for (const body of [
      { alerts: list(1_001) },
      { alerts: { alerts: list(1_001) } },
      { alert: { alerts: list(1_001) } },
    ]) {
      const { error } = DiagnosisRequest.safeParse(body);
      expect(error && inputInvalid(error).message).toContain('at most 1000 alerts');
    }
  });

  it('ignores fields nobody knows', () => {
    expect(DiagnosisRequest.safeParse({ alert: { ...ALERT, orgId: 7 }, whatever: true }).success).toBe(true);
  });
});
