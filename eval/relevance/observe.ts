import { embedChunks } from '../../ingest/embed.ts';
import { normalise } from '../../src/diagnose/normalise.ts';
import { buildKnowledge, type Knowledge } from '../../src/diagnose/retrieve/knowledge.ts';
import { runLegs } from '../../src/diagnose/retrieve/legs.ts';
import { buildQuery } from '../../src/diagnose/retrieve/query.ts';
import { rank } from '../../src/diagnose/retrieve/rank.ts';
import { createEvidenceReader, type OwnEvidence } from '../../src/diagnose/retrieve/relevance/evidence.ts';
import { toAlertGroup } from '../../src/domain/alert.ts';
import type { KnowledgeDocument } from '../../src/domain/document.ts';
import { PrecedentError } from '../../src/domain/errors.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import { buildGeneration } from '../../src/testing/generation-builder.ts';
import { openWorkbench } from '../workbench.ts';
import type { AskedQuestion, Base, Material } from './bases.ts';

/** A stranger's answer was never there; an orphan's was taken away and leaves its siblings behind. */
export type Standing = 'answered' | 'stranger' | 'orphan';

/** One question put to one base: the evidence for the ten best, in their order. */
export interface Observation {
  readonly base: string;
  readonly size: number;
  readonly set: string;
  readonly kind: AskedQuestion['kind'];
  readonly half: AskedQuestion['half'];
  readonly standing: Standing;
  readonly rows: readonly { readonly evidence: OwnEvidence; readonly isAnswer: boolean }[];
}

type Nearest = Pick<KnowledgeIndex, 'nearest'>;

/** As many as production judges. */
const JUDGED = 10;

/** Any day: what has no date does not age. */
const NOW = new Date('2026-01-01T00:00:00Z');

/** The same legs and the same order as in production; only how much the base holds differs. */
export async function observe(
  { files, bases }: Material,
  embedder: Embedder,
  onProgress: (text: string) => void = () => {},
): Promise<Observation[]> {
  const documents = await ingest(files, bases, embedder);
  const vectors = await embedAll([...documents.values()], embedder);
  const generation = buildGeneration({ key: 'relevance', model: await embedder.describe() });
  const observations: Observation[] = [];
  for (const [at, base] of bases.entries()) {
    onProgress(
      `base ${at + 1} of ${bases.length}: ${base.questions.length} questions to ${base.documents.length} documents`,
    );
    const held = base.documents.flatMap((id) => documents.get(id) ?? []);
    const knowledge = await buildKnowledge(generation, held);
    const index = openOver(held, vectors);
    for (const question of base.questions) observations.push(await put(question, base, knowledge, { index, embedder }));
  }
  return observations;
}

async function put(
  question: AskedQuestion,
  base: Base,
  knowledge: Knowledge,
  { index, embedder }: { readonly index: Nearest; readonly embedder: Embedder },
): Promise<Observation> {
  const query = toQuery(question, knowledge);
  const vector = embedder.embed([query.text], 'query').then(([first]) => first);
  const found = await runLegs(query, vector, knowledge, { index });
  const best = rank(found, query, knowledge).slice(0, JUDGED);
  const lexical = new Map(best.flatMap(({ key }) => [found.lexical.find(key) ?? []].flat().map((one) => [key, one])));
  const read = createEvidenceReader(query, { dense: found.dense, lexical }, knowledge);
  const answers = new Set(question.relevant.filter((id) => base.documents.includes(id)));
  const { set, kind, half } = question;
  return {
    ...{ base: base.of, size: base.documents.length, set, kind, half },
    standing: answers.size > 0 ? 'answered' : half === undefined ? 'orphan' : 'stranger',
    rows: best.flatMap(({ key, document }) => {
      const evidence = read(key);
      return evidence ? [{ evidence, isAnswer: answers.has(document.id) }] : [];
    }),
  };
}

/** A question is read like an alert's summary, as a search does. */
function toQuery({ request, kind }: AskedQuestion, { knownServices }: Knowledge) {
  const group = toAlertGroup(request.alert ?? { labels: {}, annotations: {} });
  const asked = request.query === undefined ? {} : { title: request.query };
  const annotated = { ...group, commonAnnotations: { ...group.commonAnnotations, ...asked } };
  return buildQuery(normalise(annotated, { knownServices }), undefined, { kinds: [kind], k: JUDGED, now: NOW });
}

async function ingest(
  files: Material['files'],
  bases: readonly Base[],
  embedder: Embedder,
): Promise<Map<string, KnowledgeDocument>> {
  await using bench = await openWorkbench(files, embedder);
  const kinds = new Map(bases.flatMap(({ documents, kind }) => documents.map((id) => [id, kind])));
  const documents = new Map<string, KnowledgeDocument>();
  for (const [id, kind] of kinds) {
    const document = await bench.app.getDocument(kind, id).catch(allowMissing);
    if (document) documents.set(id, document);
  }
  return documents;
}

async function embedAll(
  documents: readonly KnowledgeDocument[],
  embedder: Embedder,
): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  for await (const batch of embedChunks(
    documents.flatMap(({ chunks }) => chunks),
    embedder,
  )) {
    for (const { id, vector } of batch) vectors.set(id, vector);
  }
  return vectors;
}

/** An exact index of some of the documents. */
function openOver(documents: readonly KnowledgeDocument[], vectors: ReadonlyMap<string, Float32Array>): Nearest {
  const ids = [...new Set(documents.flatMap(({ chunks }) => chunks.map(({ id }) => id)))];
  return {
    nearest: async (_kind, _model, vector, k) =>
      ids
        .map((chunkId) => ({ chunkId, similarity: dot(vector, vectors.get(chunkId) ?? new Float32Array()) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, k),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** A folder's README is no document; nobody asks for one. */
function allowMissing(error: unknown): undefined {
  if (!(error instanceof PrecedentError) || error.code !== 'not-found') throw error;
}
