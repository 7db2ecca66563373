import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../diagnose/pipeline.ts';
import { buildKnowledge } from '../diagnose/retrieve/knowledge.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Chunk, Incident, KnowledgeDocument } from '../domain/document.ts';
import type { DiagnosisQuestion } from '../domain/request.ts';
import type { KnowledgeIndex } from '../ports.ts';
import { publishDocuments } from '../testing/generation-builder.ts';
import { createHashEmbedder } from '../testing/hash-embedder.ts';
import { buildIncident, buildSection } from '../testing/knowledge-builder.ts';
import { createMemoryBacktests } from '../testing/memory-backtests.ts';
import { createMemoryIndex } from '../testing/memory-index.ts';
import { planBacktest } from './plan.ts';
import { runBacktest } from './run.ts';

const key = { engine: 'precedent' as const, recipe: 'r1', generation: 'g1', incidents: 'abc' };

interface Asked {
  readonly question: DiagnosisQuestion;
  readonly diagnosis: Diagnosis;
}

/** The whole backtest over the real pipeline: all legs, the learnt causes, votes and answer. */
async function backtest(incidents: readonly Incident[]): Promise<{ asked: Asked[]; ids: string[] }> {
  const embedder = createHashEmbedder();
  await using index = createMemoryIndex();
  const generation = await publish(incidents, index, embedder);
  const knowledge = await buildKnowledge(generation, incidents);
  const asked: Asked[] = [];
  const ports = { embedder, index, chatModel: undefined, llmDeadline: () => AbortSignal.timeout(100) };
  const rest = { now: () => new Date('2027-01-01T00:00:00Z'), newId: () => 'd', elapsed: () => 0 };
  const outcomes = await runBacktest(await planBacktest(incidents), {
    key,
    store: createMemoryBacktests(),
    ask: async (question, signal) => {
      const diagnosis = await diagnose(question, knowledge, { ...ports, ...rest }, { signal });
      asked.push({ question, diagnosis });
      return diagnosis;
    },
    ...rest,
  });
  return { asked, ids: outcomes.flatMap((outcome) => (outcome.kind === 'asked' ? [outcome.case.incident] : [])) };
}

async function publish(
  incidents: readonly Incident[],
  index: KnowledgeIndex,
  embedder: ReturnType<typeof createHashEmbedder>,
) {
  const model = await embedder.describe();
  for (const { chunks } of incidents) {
    const vectors = await embedder.embed(
      chunks.map(({ text }) => text),
      'passage',
    );
    const embedded = chunks.map(({ id, text }, at) => ({ id, text, vector: vectors[at] ?? new Float32Array() }));
    await index.addChunks('incident', model, embedded);
  }
  const generation = { key: 'g1', model, sources: [], publishedAt: '2026-12-31T00:00:00Z', documents: 0, chunks: 0 };
  await publishDocuments(index, generation, incidents as readonly KnowledgeDocument[]);
  return generation;
}

const SYMPTOMS = {
  disk: 'Writes failed because no space was left on the volume of the service.',
  dns: 'Names were not resolved and every call waited for five seconds before it failed.',
  leak: 'Memory rose for hours until the process was killed and began anew.',
};
type Category = keyof typeof SYMPTOMS;

interface Drawn {
  readonly category: Category;
  readonly service: string;
  readonly day: number | undefined;
  readonly outage: string | undefined;
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  category: fc.constantFrom<Category[]>('disk', 'dns', 'leak'),
  service: fc.constantFrom('orders', 'cart', 'db'),
  day: fc.option(fc.integer({ min: 1, max: 28 }), { nil: undefined, freq: 4 }),
  outage: fc.option(fc.constantFrom('x', 'y'), { nil: undefined, freq: 2 }),
});

function toIncident({ category, service, day, outage }: Drawn, at: number): Incident {
  const id = `i${at}`;
  const section = buildSection(`incidents/${id}.md`, 'detection', SYMPTOMS[category]);
  const chunk: Chunk = { id: `chunk-${id}`, text: section.text, header: id, source: section.source };
  return buildIncident({
    id,
    title: `${category} at ${service}`,
    alerts: [`${category}Alert`],
    services: [service],
    category,
    rootCause: { service, summary: `It was ${category} at ${service}.` },
    signals: [`metric ${service}-0 ${category} up`, `log ${service}-0 ${category}_failed new`],
    sections: [section],
    chunks: [chunk],
    ...(day === undefined ? {} : { date: `2026-03-${String(day).padStart(2, '0')}` }),
    ...(outage === undefined ? {} : { outage }),
  });
}

/** Ids of all incidents that the answer shows or rests on. */
function listUsed({ precedents, hypotheses, mitigation }: Diagnosis): string[] {
  const cited = [...hypotheses.flatMap(({ citations }) => citations), ...mitigation.map(({ citation }) => citation)];
  const documents = cited.flatMap(({ document }) => (document.startsWith('incident:') ? [document.slice(9)] : []));
  return [...new Set([...precedents.flatMap(({ id, alike = [] }) => [id, ...alike]), ...documents])];
}

describe('a backtest through the whole pipeline', () => {
  it('never uses what came later, the incident itself, its outage, or what was left out with it', async () => {
    let used = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(drawn, { minLength: 8, maxLength: 20 }), async (history) => {
        const incidents = history.map(toIncident);
        const byId = new Map(incidents.map((incident) => [incident.id, incident]));
        const { asked, ids } = await backtest(incidents);
        expect(asked).toHaveLength(ids.length);
        for (const { question, diagnosis } of asked) {
          const day = question.asOf?.slice(0, 10);
          const outages = new Set((question.withheld ?? []).map((id) => byId.get(id)?.outage));
          for (const id of listUsed(diagnosis)) {
            const incident = byId.get(id);
            used++;
            expect(question.withheld).not.toContain(id);
            expect(incident?.outage === undefined || !outages.has(incident.outage)).toBe(true);
            if (day !== undefined) expect((incident?.date ?? '9999') < day).toBe(true);
          }
        }
      }),
      { numRuns: 8 },
    );
    expect(used).toBeGreaterThan(100);
  });

  it('says of a day the same, whatever is written down later', async () => {
    const service = ['orders', 'cart', 'db'];
    const early = Array.from({ length: 12 }, (_, at) =>
      toIncident(
        {
          category: at % 2 === 0 ? 'disk' : 'leak',
          service: service[at % 3] ?? '',
          day: at + 1,
          outage: undefined,
        },
        at,
      ),
    );
    const told = (later: readonly Incident[]) =>
      backtest([...early, ...later]).then(({ asked }) =>
        asked
          .filter(({ question }) => (question.asOf ?? '') < '2026-03-13')
          .map(({ diagnosis }) => ({
            causes: diagnosis.hypotheses.map(({ category, service: at }) => `${category} at ${at}`),
            precedents: diagnosis.precedents.map(({ id }) => id),
          })),
      );
    const later = Array.from({ length: 10 }, (_, at) =>
      toIncident({ category: 'dns', service: 'db', day: 14 + at, outage: undefined }, 100 + at),
    );
    const alone = await told([]);
    expect(alone.length).toBeGreaterThan(5);
    const after = await told(later);
    expect(after.map(({ causes }) => causes.join())).toEqual(alone.map(({ causes }) => causes.join()));
    expect(after.map(({ precedents }) => [...precedents].sort())).toEqual(
      alone.map(({ precedents }) => [...precedents].sort()),
    );
  });
});
