import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RetrievalPart } from '../../domain/evidence.ts';
import { buildIncident, buildRunbook, buildSection, buildSource } from '../../testing/knowledge-builder.ts';
import { buildKnowledge } from './knowledge.ts';
import { runLegs } from './legs.ts';
import type { RetrievalQuery } from './query.ts';

const generation = {
  key: 'g1',
  model: { id: 'm', checksum: 'c', dimension: 2 },
  sources: [],
  publishedAt: '2026-06-01T00:00:00Z',
  documents: 0,
  chunks: 0,
};
const vector = Promise.resolve(new Float32Array([1, 0]));
const text = 'messages wait in the queue';
const signal = 'metric queue depth up';
const chunk = { id: 'c', text, header: '', source: buildSource('incidents/i.md') };
const incident = buildIncident({
  id: 'i',
  alerts: ['QueueBacklogHigh'],
  signals: [signal],
  sections: [buildSection('i', 'summary', text)],
  chunks: [chunk],
});
const runbook = buildRunbook({ id: 'queue/QueueBacklogHigh', sections: [buildSection('r', 'meaning', text)] });

const query = (fields: Partial<RetrievalQuery>): RetrievalQuery => ({
  text,
  expression: '',
  alertNames: ['QueueBacklogHigh'],
  runbookUrls: [],
  services: [],
  signals: [signal],
  kinds: ['incident'],
  k: 10,
  now: new Date('2026-06-01T00:00:00Z'),
  without: new Set(),
  ...fields,
});

/** The index finds the one chunk, and remembers how many were asked for. */
function createIndex() {
  const asked: number[] = [];
  const nearest = async (_kind: unknown, _model: unknown, _vector: unknown, k: number) => {
    asked.push(k);
    return [{ chunkId: 'c', similarity: 0.9 }];
  };
  return { asked, index: { nearest } };
}

const finders = async (fields: Partial<RetrievalQuery>) => {
  const knowledge = await buildKnowledge(generation, [incident, runbook]);
  const { dense, lexical, signals, exact } = await runLegs(query(fields), vector, knowledge, createIndex());
  return { dense: dense.size, lexical: lexical.found, signals: signals.size, exact: exact.size };
};

describe('the legs', () => {
  it('each find the incident in their own way', async () => {
    expect(await finders({})).toEqual({ dense: 1, lexical: 1, signals: 1, exact: 1 });
  });

  it.each<RetrievalPart>(['dense', 'lexical', 'signals', 'exact'])('can do without %s', async (leg) => {
    const all = { dense: 1, lexical: 1, signals: 1, exact: 1 };
    expect(await finders({ without: new Set([leg]) })).toEqual({ ...all, [leg]: 0 });
  });

  it('keep to the kinds and filters', async () => {
    expect(await finders({ kinds: ['runbook'] })).toEqual({ dense: 0, lexical: 1, signals: 0, exact: 0 });
    expect(await finders({ onlyServices: ['web'] })).toEqual({ dense: 0, lexical: 0, signals: 0, exact: 0 });
  });

  it('that need no vector are done while it is computed', async () => {
    const knowledge = await buildKnowledge(generation, [incident]);
    const done: string[] = [];
    const rank = knowledge.lexical.incident.rank;
    const listening = {
      ...knowledge.lexical.incident,
      rank: (...asked: Parameters<typeof rank>) => {
        done.push('words');
        return rank(...asked);
      },
    };
    const slow = sleep(50).then(() => {
      done.push('vector');
      return vector;
    });
    const lexical = { ...knowledge.lexical, incident: listening };
    await runLegs(query({}), slow, { ...knowledge, lexical }, createIndex());
    expect(done).toEqual(['words', 'vector']);
  });

  it('answer as of a day by signals and error codes as if nothing had happened since', async () => {
    const asked = query({
      text: 'E4711',
      signals: [signal, 'metric web cpu up'],
      asOf: new Date('2026-06-01T00:00:00Z'),
    });
    const sections = [buildSection('s', 'summary', 'E4711')];
    const early = [
      buildIncident({ id: 'a', date: '2026-01-01', signals: [signal, 'metric db cpu up'], sections }),
      buildIncident({ id: 'b', date: '2026-02-01', signals: ['metric web cpu up'] }),
    ];
    const late = Array.from({ length: 6 }, (_, at) =>
      buildIncident({ id: `late-${at}`, date: '2026-07-01', signals: [signal], sections }),
    );
    const ask = async (incidents: typeof early) =>
      runLegs(asked, vector, await buildKnowledge(generation, incidents), createIndex());
    const [then, now] = [await ask(early), await ask([...early, ...late])];
    expect(now.signals).toEqual(then.signals);
    expect(now.exact).toEqual(new Map([['incident:a', 1]]));
  });

  it('ask the index for more where a filter will leave most of it out', async () => {
    const knowledge = await buildKnowledge(generation, [incident]);
    const index = createIndex();
    await runLegs(query({}), vector, knowledge, index);
    await runLegs(query({ onlyServices: ['web'] }), vector, knowledge, index);
    expect(index.asked).toEqual([200, 1_000]);
  });

  it('fail with the embedder, and leave nothing unheard', async () => {
    const knowledge = await buildKnowledge(generation, [incident]);
    const broken = Promise.reject(new Error('the embedder is away'));
    await expect(runLegs(query({}), broken, knowledge, createIndex())).rejects.toThrow('the embedder is away');
  });
});
