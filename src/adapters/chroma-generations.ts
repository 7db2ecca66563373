import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DocumentKind, KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import { Generation } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { ChromaCollections } from './chroma-collections.ts';
import { parseManifest } from './chroma-manifest.ts';
import { ChromaTexts } from './chroma-texts.ts';

/** A generation and the address of its manifest. */
const Published = z.object({ generation: Generation, manifest: z.string() });
type Published = z.infer<typeof Published>;

/** What is served, and what was served before it: the one text that decides what a reader sees. */
const Pointer = z.object({ served: Published, previous: Published.optional() });
type Pointer = z.infer<typeof Pointer>;
const POINTER = 'current';

/** Whether anything was added since the last sweep: the other text that changes. */
const SWEEPING = 'sweeping';
const MANIFEST = 'manifest:';

/** A kept generation and what it names. */
export interface KeptGeneration {
  readonly generation: Generation;
  readonly manifestId: string;
  readonly documents: readonly string[];
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
    return (await this.#findPointer(signal))?.served.generation;
  }

  async findManifest({ key }: Generation, signal?: AbortSignal): Promise<Manifest | undefined> {
    const pointer = await this.#findPointer(signal);
    const published = [pointer?.served, pointer?.previous].find((candidate) => candidate?.generation.key === key);
    return published && this.#readManifest(published, signal);
  }

  async *read(generation: Generation, signal?: AbortSignal): AsyncGenerator<KnowledgeDocument> {
    const manifest = await this.findManifest(generation, signal);
    if (!manifest) throw gone(generation.key);
    const hashes = listDocuments(manifest);
    let found = 0;
    for await (const [, text] of this.#documents.read(hashes, signal)) {
      found++;
      // Written by `addDocuments` below from a KnowledgeDocument, under the hash of its text.
      yield JSON.parse(text) as KnowledgeDocument;
    }
    if (found < hashes.length) throw gone(generation.key);
  }

  async addDocuments(documents: readonly KnowledgeDocument[], signal?: AbortSignal): Promise<string[]> {
    const texts = documents.map((document) => JSON.stringify(document));
    const hashes = texts.map(hashOf);
    await this.#documents.addMissing(new Map(texts.map((text, at) => [hashes[at] ?? '', text])), signal);
    return hashes;
  }

  /** The manifest, then the flip; stopped anywhere, it can be done again. `beforeFlip` may refuse. */
  async publish(
    generation: Generation,
    manifest: Manifest,
    beforeFlip: () => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void> {
    const text = JSON.stringify(manifest);
    const published: Published = { generation, manifest: `${MANIFEST}${hashOf(text)}` };
    const pointer = await this.#findPointer(signal);
    if (pointer?.served.manifest !== published.manifest) await this.markAdded(signal);
    await this.#generations.addMissing(new Map([[published.manifest, text]]), signal);
    const isSameKey = pointer?.served.generation.key === generation.key;
    const previous = isSameKey ? pointer.previous : pointer?.served;
    await beforeFlip();
    const next: Pointer = { served: published, ...(previous ? { previous } : {}) };
    await this.#generations.put(POINTER, JSON.stringify(next), signal);
  }

  /** The served generation and the one before it. Throws `index-empty` when the served one is broken: sweep nothing then. */
  async listKept(signal?: AbortSignal): Promise<KeptGeneration[]> {
    const pointer = await this.#findPointer(signal);
    if (!pointer) return [];
    const served = await this.#readManifest(pointer.served, signal);
    if (!served) throw gone(pointer.served.generation.key);
    const before = pointer.previous && (await this.#readManifest(pointer.previous, signal));
    return [toKept(pointer.served, served), ...(pointer.previous && before ? [toKept(pointer.previous, before)] : [])];
  }

  /** Deletes the manifests and documents of all other generations; returns how many documents went. */
  async keepOnly(kept: readonly KeptGeneration[], signal?: AbortSignal): Promise<number> {
    await this.#generations.keepOnly(new Set([POINTER, SWEEPING, ...kept.map(({ manifestId }) => manifestId)]), signal);
    const swept = await this.#documents.keepOnly(new Set(kept.flatMap(({ documents }) => documents)), signal);
    for (const texts of [this.#generations, this.#documents]) await texts.dropOlderFormats(signal);
    return swept;
  }

  /** To be written before anything is added: a crash in between costs a sweep that finds nothing, never an orphan. */
  async markAdded(signal?: AbortSignal): Promise<void> {
    await this.#generations.put(SWEEPING, 'due', signal);
  }

  async markSwept(signal?: AbortSignal): Promise<void> {
    await this.#generations.put(SWEEPING, 'done', signal);
  }

  async needsSweep(signal?: AbortSignal): Promise<boolean> {
    return (await this.#generations.find(SWEEPING, signal)) === 'due';
  }

  /** A pointer that this version cannot read is none: the next ingest writes everything it needs anew. */
  async #findPointer(signal?: AbortSignal): Promise<Pointer | undefined> {
    return parse(Pointer, await this.#generations.find(POINTER, signal));
  }

  async #readManifest({ manifest }: Published, signal?: AbortSignal): Promise<Manifest | undefined> {
    const text = await this.#generations.find(manifest, signal);
    return text === undefined ? undefined : parseManifest(text);
  }
}

function parse<T>(schema: z.ZodType<T>, text: string | undefined): T | undefined {
  return text === undefined ? undefined : schema.safeParse(JSON.parse(text)).data;
}

function toKept({ generation, manifest: manifestId }: Published, manifest: Manifest): KeptGeneration {
  const documents = manifest.files.flatMap((file) => file.documents);
  return {
    generation,
    manifestId,
    documents: listDocuments(manifest),
    chunksOf: (kind) => documents.flatMap((document) => (document.kind === kind ? document.chunks : [])),
  };
}

function listDocuments({ files }: Manifest): string[] {
  return [...new Set(files.flatMap(({ documents }) => documents.map(({ hash }) => hash)))];
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 40);
}

function gone(key: string): PrecedentError {
  return new PrecedentError('index-empty', `generation ${key} is gone from the index: ask for the one being served`);
}
