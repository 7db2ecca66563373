import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DOCUMENT_KINDS, type DocumentKind, type KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { Generation } from '../domain/generation.ts';
import type { ChromaCollections } from './chroma-collections.ts';
import { ChromaTexts } from './chroma-texts.ts';

/** What is served, and what was served before it. The one record that ever changes. */
const Pointer = z.object({ format: z.literal(1), generation: Generation, previous: Generation.optional() });
type Pointer = z.infer<typeof Pointer>;
const POINTER = 'current';

/** A generation's documents, by the hash of their content, and the chunks they name, so that sweeping reads no document. */
const Manifest = z.object({
  documents: z.array(z.string()),
  chunks: z.partialRecord(z.enum(DOCUMENT_KINDS), z.array(z.string())),
});
type Manifest = z.infer<typeof Manifest>;

/** A kept generation and the chunks it names. */
export interface KeptGeneration {
  readonly generation: Generation;
  readonly chunksOf: (kind: DocumentKind) => readonly string[];
}

/** Generations as texts: documents and manifests that never change, and the pointer that says which one is served. */
export class ChromaGenerations {
  readonly #documents: ChromaTexts;
  readonly #generations: ChromaTexts;

  constructor(collections: ChromaCollections) {
    this.#documents = new ChromaTexts(collections, 'precedent-documents');
    this.#generations = new ChromaTexts(collections, 'precedent-generations');
  }

  async find(signal?: AbortSignal): Promise<Generation | undefined> {
    return (await this.#findPointer(signal))?.generation;
  }

  async *read(generation: Generation, signal?: AbortSignal): AsyncGenerator<KnowledgeDocument> {
    const { documents } = await this.#getManifest(generation.key, signal);
    let found = 0;
    for await (const [, text] of this.#documents.read(documents, signal)) {
      found++;
      // Written by `publish` below from a KnowledgeDocument, under the hash of its text.
      yield JSON.parse(text) as KnowledgeDocument;
    }
    if (found < documents.length) throw gone(generation.key);
  }

  /** Documents, then the manifest, then the flip; stopped anywhere, it can be done again. */
  async publish(generation: Generation, documents: readonly KnowledgeDocument[], signal?: AbortSignal): Promise<void> {
    const pointer = await this.#findPointer(signal);
    const texts = new Map(documents.map((document) => toText(document)));
    const manifest: Manifest = { documents: [...texts.keys()], chunks: listChunks(documents) };
    await this.#documents.addMissing(texts, signal);
    await this.#generations.addMissing(new Map([[manifestId(generation.key), JSON.stringify(manifest)]]), signal);
    const served = pointer?.generation;
    const previous = served && served.key !== generation.key ? served : pointer?.previous;
    const next: Pointer = { format: 1, generation, ...(previous ? { previous } : {}) };
    await this.#generations.put(POINTER, JSON.stringify(next), signal);
  }

  /** The served generation and the one before it. Throws `index-empty` when the served one is broken: sweep nothing then. */
  async listKept(signal?: AbortSignal): Promise<(KeptGeneration & { documents: readonly string[] })[]> {
    const pointer = await this.#findPointer(signal);
    if (!pointer) return [];
    const served = await this.#getManifest(pointer.generation.key, signal);
    const before = pointer.previous && (await this.#findManifest(pointer.previous.key, signal));
    return [
      toKept(pointer.generation, served),
      ...(pointer.previous && before ? [toKept(pointer.previous, before)] : []),
    ];
  }

  /** Deletes the manifests and documents of all other generations; returns how many documents went. */
  async keepOnly(
    kept: readonly { generation: Generation; documents: readonly string[] }[],
    signal?: AbortSignal,
  ): Promise<number> {
    // Manifests first: a generation whose documents are going must not look readable.
    const manifests = kept.map(({ generation }) => manifestId(generation.key));
    await this.#generations.keepOnly(new Set([POINTER, ...manifests]), signal);
    return this.#documents.keepOnly(new Set(kept.flatMap(({ documents }) => documents)), signal);
  }

  async #findPointer(signal?: AbortSignal): Promise<Pointer | undefined> {
    const text = await this.#generations.find(POINTER, signal);
    return text === undefined ? undefined : Pointer.parse(JSON.parse(text));
  }

  async #findManifest(key: string, signal?: AbortSignal): Promise<Manifest | undefined> {
    const text = await this.#generations.find(manifestId(key), signal);
    return text === undefined ? undefined : Manifest.parse(JSON.parse(text));
  }

  async #getManifest(key: string, signal?: AbortSignal): Promise<Manifest> {
    const manifest = await this.#findManifest(key, signal);
    if (!manifest) throw gone(key);
    return manifest;
  }
}

function toKept(generation: Generation, manifest: Manifest): KeptGeneration & { documents: readonly string[] } {
  return { generation, documents: manifest.documents, chunksOf: (kind) => manifest.chunks[kind] ?? [] };
}

function toText(document: KnowledgeDocument): [hash: string, text: string] {
  const text = JSON.stringify(document);
  return [createHash('sha256').update(text).digest('hex').slice(0, 40), text];
}

function listChunks(documents: readonly KnowledgeDocument[]): Manifest['chunks'] {
  return Object.fromEntries(
    DOCUMENT_KINDS.map((kind) => {
      const ofKind = documents.filter((document) => document.kind === kind);
      return [kind, [...new Set(ofKind.flatMap(({ chunks }) => chunks.map(({ id }) => id)))]];
    }),
  );
}

function manifestId(key: string): string {
  return `manifest:${key}`;
}

function gone(key: string): PrecedentError {
  return new PrecedentError('index-empty', `generation ${key} is gone from the index: ask for the one being served`);
}
