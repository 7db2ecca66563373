import { type Chunk, DOCUMENT_KINDS, type DocumentKind, type KnowledgeDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { EmbeddingModel } from '../src/domain/generation.ts';
import type { EmbeddedChunk, Embedder, KnowledgeIndex } from '../src/ports.ts';

/** Chunks of one kind whose vectors are still to be made. */
export interface Missing {
  readonly kind: DocumentKind;
  readonly chunks: readonly Chunk[];
}

export interface EmbeddedBatch {
  readonly kind: DocumentKind;
  readonly chunks: readonly EmbeddedChunk[];
}

/** Batches that wait or work at the same time: enough to keep every worker of a pool busy, few enough to stay small. */
const MAX_IN_FLIGHT = 8;

/** Chunks that go to the index in one write: enough to make writes few, few enough for the first to come soon. */
const WINDOW = 512;

/** What the index has no vector of. A chunk that several documents share is embedded once. */
export async function listMissing(
  documents: readonly KnowledgeDocument[],
  model: EmbeddingModel,
  index: Pick<KnowledgeIndex, 'listMissing'>,
  signal?: AbortSignal,
): Promise<Missing[]> {
  const missing: Missing[] = [];
  for (const kind of DOCUMENT_KINDS) {
    const ofKind = documents.filter((document) => document.kind === kind);
    const chunks = new Map(ofKind.flatMap((document) => document.chunks).map((chunk) => [chunk.id, chunk]));
    if (chunks.size === 0) continue;
    const wanted = new Set(await index.listMissing(kind, model, [...chunks.keys()], signal));
    missing.push({ kind, chunks: [...chunks.values()].filter((chunk) => wanted.has(chunk.id)) });
  }
  return missing;
}

export async function* embedMissing(
  missing: readonly Missing[],
  embedder: Pick<Embedder, 'embed' | 'maxBatch'>,
  signal?: AbortSignal,
): AsyncGenerator<EmbeddedBatch> {
  for (const { kind, chunks } of missing) {
    for await (const embedded of embedChunks(chunks, embedder, signal)) yield { kind, chunks: embedded };
  }
}

/** Vectors in the order of `chunks`, a window at a time; the next window is at work while its reader stores this one. */
export async function* embedChunks(
  chunks: readonly Chunk[],
  embedder: Pick<Embedder, 'embed' | 'maxBatch'>,
  signal?: AbortSignal,
): AsyncGenerator<EmbeddedChunk[]> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const embed = limitInFlight(MAX_IN_FLIGHT, (texts) => embedBatch(texts, embedder, either));
  const windows: Promise<EmbeddedChunk[]>[] = [];
  try {
    for (const window of slices(chunks, Math.ceil(WINDOW / embedder.maxBatch) * embedder.maxBatch)) {
      windows.push(embedWindow(window, embedder.maxBatch, embed));
      if (windows.length > 1) yield await first(windows);
    }
    while (windows.length > 0) yield await first(windows);
  } finally {
    stop.abort(new Error('the embedding was stopped'));
    await Promise.allSettled(windows);
  }
}

/** `Title › Heading. names. text`: the way the bundled model was trained and measured. */
export function toEmbeddingText(chunk: Chunk): string {
  return `${chunk.header.replaceAll('\n', '. ')}. ${chunk.text}`;
}

type EmbedTexts = (texts: readonly string[]) => Promise<Float32Array[]>;

async function embedWindow(window: readonly Chunk[], maxBatch: number, embed: EmbedTexts): Promise<EmbeddedChunk[]> {
  const batches = slices(window.map(toEmbeddingText), maxBatch).map(embed);
  const vectors = (await Promise.all(batches)).flat();
  return window.flatMap(({ id, text }, at) => {
    const vector = vectors[at];
    return vector === undefined ? [] : [{ id, text, vector }];
  });
}

async function embedBatch(
  texts: readonly string[],
  embedder: Pick<Embedder, 'embed'>,
  signal: AbortSignal,
): Promise<Float32Array[]> {
  signal.throwIfAborted();
  const vectors = await embedder.embed(texts, 'passage', signal);
  if (vectors.length === texts.length) return vectors;
  const message = `the embedder gave ${vectors.length} vectors for ${texts.length} texts`;
  throw new PrecedentError('embedder-unavailable', message);
}

/** Takes the oldest promise out; the caller has made sure that there is one. */
function first<T>(queue: Promise<T[]>[]): Promise<T[]> {
  return queue.shift() ?? Promise.resolve([]);
}

function slices<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function limitInFlight(limit: number, embed: EmbedTexts): EmbedTexts {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async (texts) => {
    if (free > 0) free--;
    else await new Promise<void>((resume) => waiting.push(resume));
    try {
      return await embed(texts);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
