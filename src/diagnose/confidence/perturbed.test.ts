import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Incident } from '../../domain/document.ts';
import { alertGroupOf, DiagnosisRequest, toTraceDigest } from '../../domain/request.ts';
import { publishDocuments } from '../../testing/generation-builder.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { buildIncident, buildSection } from '../../testing/knowledge-builder.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import { createRandom, pick, type Random } from '../../testing/trace-random.ts';
import { type Gathered, gatherEvidence } from '../gather-evidence.ts';
import { normalise } from '../normalise.ts';
import { predictByPrecedent } from '../predict/by-precedent.ts';
import { buildKnowledge, type Knowledge } from '../retrieve/knowledge.ts';
import { scoreConfidence } from './score.ts';

const SERVICES = ['web', 'orders', 'checkout', 'stock', 'mailer', 'search'];
const KINDS = [
  {
    category: 'disk-full',
    words: 'volume space writes left journal rotate bytes mount',
    metrics: ['disk up', 'writes down'],
  },
  {
    category: 'dns',
    words: 'names resolver lookup timeout zone record cached hosts',
    metrics: ['lookups up', 'traffic down'],
  },
  {
    category: 'leak',
    words: 'memory heap grew killed restart garbage pages limit',
    metrics: ['memory up', 'restarts up'],
  },
  {
    category: 'load',
    words: 'requests queue workers saturated burst clients retried cpu',
    metrics: ['cpu up', 'traffic up'],
  },
  {
    category: 'expiry',
    words: 'certificate expired handshake chain trust renewal issuer tls',
    metrics: ['errors up', 'handshakes down'],
  },
];
const NOW = new Date('2026-10-15T03:00:00Z');
const embedder = createHashEmbedder();
const index = createMemoryIndex();
const ports = { embedder, index, now: () => NOW };

interface Drawn {
  readonly service: string;
  readonly category: string;
  readonly text: string;
  readonly signals: readonly string[];
}

/** Half the words and most of the metrics of its kind, and a little of what has nothing to do with it. */
function draw(random: Random): Drawn {
  const [service = '', kind = KINDS[0]] = [pick(random, SERVICES), pick(random, KINDS)];
  const { category = '', words = '', metrics = [] } = kind ?? {};
  const own = words.split(' ').filter(() => random() < 0.6);
  const noise = `metric ${pick(random, SERVICES)}-0 ${pick(random, KINDS)?.metrics[0]}`;
  const shown = metrics.filter(() => random() < 0.8).map((what) => `metric ${service}-0 ${what}`);
  const log = random() < 0.7 ? [`log ${service} ${words.split(' ')[0]}_failed new`] : [];
  return {
    service,
    category,
    text: `Pages of ${service} were slow: ${own.join(' ')}.`,
    signals: [...shown, ...log, noise],
  };
}

function toIncident({ service, category, text, signals }: Drawn, at: number): Incident {
  const id = `past-${at}`;
  const section = buildSection(`incidents/${id}.md`, 'detection', text);
  return buildIncident({
    id,
    date: `2026-0${1 + (at % 9)}-11`,
    category,
    services: [service],
    rootCause: { service, summary: `It was ${category} at ${service}.` },
    signals: [...signals],
    sections: [section],
    chunks: [{ id: `chunk-${id}`, text, header: id, source: section.source }],
  });
}

async function gather(
  asked: Drawn,
  isTold: boolean,
  knowledge: Knowledge,
  withheld?: readonly string[],
): Promise<Gathered> {
  const request = DiagnosisRequest.parse({
    alert: { labels: { alertname: 'Slow', service: asked.service }, annotations: { summary: asked.text } },
    ...(isTold ? { traceDigest: { signals: asked.signals } } : {}),
  });
  const question = withheld === undefined ? request : { ...request, withheld };
  const situation = normalise(alertGroupOf(request), { knownServices: knowledge.knownServices, asOf: undefined });
  const digest = request.traceDigest && toTraceDigest(request.traceDigest);
  return gatherEvidence({ request: question, situation, digest }, knowledge, ports);
}

function score({ evidence, answerable }: Gathered, cause?: { readonly service: string; readonly category: string }) {
  const said = predictByPrecedent(evidence);
  const rootCause = cause ? { ...said.rootCause, ...cause } : said.rootCause;
  return scoreConfidence(evidence, { ...said, rootCause }, answerable, { incidents: '' });
}

const QUESTIONS = 40;
const random = createRandom(11);
const past = Array.from({ length: 80 }, () => draw(random));
const asked = Array.from({ length: QUESTIONS }, () => draw(random));
let knowledge: Knowledge;

beforeAll(async () => {
  const model = await embedder.describe();
  const incidents = past.map(toIncident);
  for (const { id, text } of incidents.flatMap(({ chunks }) => chunks)) {
    const [vector = new Float32Array()] = await embedder.embed([text], 'passage');
    await index.addChunks('incident', model, [{ id, text, vector }]);
  }
  const generation = { key: 'g1', model, sources: [], publishedAt: NOW.toISOString(), documents: 0, chunks: 0 };
  await publishDocuments(index, generation, incidents);
  knowledge = await buildKnowledge(generation, incidents);
});

afterAll(() => index[Symbol.asyncDispose]());

const isUnlike = (one: Drawn, other: Drawn) => one.service !== other.service && one.category !== other.category;
const share = (kept: readonly boolean[]) => kept.filter(Boolean).length / kept.length;

describe.each([
  ['words and signals', true],
  ['words alone', false],
])('of questions with %s', (_, isTold) => {
  it('the evidence is worth less when the neighbours of another question take its place', async () => {
    const falls: boolean[] = [];
    for (const one of asked) {
      const own = await gather(one, isTold, knowledge);
      const other = pick(
        random,
        asked.filter((candidate) => isUnlike(candidate, one)),
      );
      if (!other) throw new Error('all questions are alike');
      const theirs = new Set(
        (await gather(other, isTold, knowledge)).evidence.precedents.map(({ incident }) => incident.id),
      );
      const withheld = past.map((_past, at) => `past-${at}`).filter((id) => !theirs.has(id));
      falls.push(score(await gather(one, isTold, knowledge, withheld)).coe < score(own).coe);
    }
    expect(share(falls)).toBeGreaterThanOrEqual(0.95);
  });

  it('the cause is supported less when another is put in its place', async () => {
    const falls: boolean[] = [];
    for (const one of asked) {
      const own = await gather(one, isTold, knowledge);
      const { service, category } = predictByPrecedent(own.evidence).rootCause;
      for (const { service: other, category: kind } of past.slice(0, 15)) {
        if (other === service && kind === category) continue;
        falls.push(score(own, { service: other, category: kind }).rce < score(own).rce);
      }
    }
    expect(falls.length).toBeGreaterThan(500);
    expect(share(falls)).toBeGreaterThanOrEqual(0.95);
  });
});
