import { DOCUMENT_KINDS, type DocumentKind } from '../../src/domain/document.ts';
import type { SearchRequest } from '../../src/domain/request.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import { writeAlert, writeQuestion } from './search-knowledge.ts';

/** A kind of question, and how many of them there are: any number. */
export interface Workload {
  readonly name: string;
  readonly kinds: readonly DocumentKind[];
  readonly ask: (at: number) => SearchRequest;
}

export function listWorkloads(documents: number): Workload[] {
  const shapes = [
    ['3 words', (at: number) => ({ query: writeQuestion(at, documents) })],
    ['alert of 60 words', (at: number) => ({ alert: toInput(writeAlert(at, documents)) })],
  ] as const;
  const kinds: readonly (readonly [string, DocumentKind[]])[] = [
    ['incidents', ['incident']],
    ['all kinds', [...DOCUMENT_KINDS]],
  ];
  return shapes.flatMap(([shape, of]) =>
    kinds.map(([among, asked]) => ({
      name: `${shape}, ${among}`,
      kinds: asked,
      ask: (at: number): SearchRequest => ({ ...of(at), kinds: asked, k: 10 }),
    })),
  );
}

function toInput({ labels, annotations, generatorURL }: ReturnType<typeof writeAlert>) {
  return { labels: { ...labels }, annotations: { ...annotations }, generatorURL };
}

/** What the last search asked of the model and of Chroma, so that both can be asked for the same again, alone. */
export interface Asked {
  text: string;
  limit: number;
}

/** Passes everything on and remembers the last question. */
export function listenToEmbedder(embedder: Embedder, asked: Asked): Embedder {
  return {
    maxBatch: embedder.maxBatch,
    describe: (signal) => embedder.describe(signal),
    loadTokenizer: (signal) => embedder.loadTokenizer(signal),
    embed: (texts, role, signal) => {
      asked.text = texts[0] ?? '';
      return embedder.embed(texts, role, signal);
    },
    [Symbol.asyncDispose]: () => embedder[Symbol.asyncDispose](),
  };
}

/** The same for how many chunks are fetched. The proxy's methods are bound, because the index has private fields. */
export function listenToIndex(index: KnowledgeIndex, asked: Asked): KnowledgeIndex {
  const nearest: KnowledgeIndex['nearest'] = (kind, model, vector, k, signal) => {
    asked.limit = k;
    return index.nearest(kind, model, vector, k, signal);
  };
  return new Proxy(index, {
    get: (target, name) => {
      if (name === 'nearest') return nearest;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
