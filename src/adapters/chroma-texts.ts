import type { Collection } from 'chromadb';
import { type ChromaCollections, type CollectionRecipe, toPages } from './chroma-collections.ts';

/** Chroma Cloud takes documents of 16,384 bytes. */
const PART_BYTES = 16_000;

/** Texts are large, so fewer of them go in one request than vectors do. */
const PAGE = 250;

/** Texts are no vectors, but Chroma stores nothing without one; all of these are the same and are never searched. */
const RECIPE: CollectionRecipe = {
  metadata: { format: 1 },
  configuration: { hnsw: { space: 'l2', max_neighbors: 2, ef_construction: 2, ef_search: 2 } },
};
const NO_VECTOR: number[] = [1];

interface Part {
  readonly id: string;
  readonly text: string;
  /** How many parts the text has. */
  readonly parts: number;
}

/**
 * Texts of any length under ids of the caller's choosing, kept as records that any Chroma accepts. The first part is
 * written last: where it is, the text is whole.
 */
export class ChromaTexts {
  readonly #collections: ChromaCollections;
  readonly #name: string;

  constructor(collections: ChromaCollections, name: string) {
    this.#collections = collections;
    this.#name = name;
  }

  /** Adds the texts that are not there. A text under an id never changes, so what is there is not written again. */
  async addMissing(texts: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<void> {
    const missing = await this.#listMissing([...texts.keys()], signal);
    const parts = missing.flatMap((id) => toParts(id, texts.get(id) ?? ''));
    await this.#write(
      parts.filter((part) => !isFirst(part.id)),
      signal,
    );
    await this.#write(
      parts.filter((part) => isFirst(part.id)),
      signal,
    );
  }

  /** Replaces a short text in one step. */
  async put(id: string, text: string, signal?: AbortSignal): Promise<void> {
    const parts = toParts(id, text);
    if (parts.length > 1) throw new Error(`a text of ${text.length} characters cannot be replaced in one step`);
    await this.#write(parts, signal);
  }

  async find(id: string, signal?: AbortSignal): Promise<string | undefined> {
    return (await this.#readPage([id], signal)).get(id);
  }

  /** The texts that are there, in no particular order. */
  async *read(ids: readonly string[], signal?: AbortSignal): AsyncGenerator<readonly [id: string, text: string]> {
    for (const page of toPages(ids, PAGE)) {
      yield* await this.#readPage(page, signal);
    }
  }

  /** Deletes all texts but these; returns how many went. */
  async keepOnly(ids: ReadonlySet<string>, signal?: AbortSignal): Promise<number> {
    const records: string[] = [];
    for await (const page of this.#collections.listIds(this.#name, signal)) {
      records.push(...page.filter((record) => !ids.has(textIdOf(record))));
    }
    // First parts first: a text that is not whole must not look as if it were.
    records.sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
    await this.#collections.deleteIds(this.#name, records, signal);
    return new Set(records.map(textIdOf)).size;
  }

  async #listMissing(ids: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const missing: string[] = [];
    for (const page of toPages(ids, this.#collections.connection.pageSize)) {
      const firsts = page.map((id) => `${id}/0`);
      const found = await this.#get((collection) => collection.get({ ids: firsts, include: [] }), signal);
      const there = new Set(found?.ids);
      missing.push(...page.filter((id) => !there.has(`${id}/0`)));
    }
    return missing;
  }

  async #readPage(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, string>> {
    const firsts = await this.#readParts(
      ids.map((id) => `${id}/0`),
      signal,
    );
    const rest = firsts.flatMap(({ id, parts }) =>
      Array.from({ length: parts - 1 }, (_, position) => `${textIdOf(id)}/${position + 1}`),
    );
    const texts = new Map((await this.#readParts(rest, signal)).map((part) => [part.id, part.text]));
    for (const { id, text } of firsts) texts.set(id, text);
    return new Map(
      firsts.flatMap(({ id, parts }) => {
        const pieces = Array.from({ length: parts }, (_, position) => texts.get(`${textIdOf(id)}/${position}`));
        return pieces.includes(undefined) ? [] : [[textIdOf(id), pieces.join('')]];
      }),
    );
  }

  async #readParts(ids: readonly string[], signal?: AbortSignal): Promise<Part[]> {
    const parts: Part[] = [];
    for (const page of toPages(ids, PAGE)) {
      const found = await this.#get(
        (collection) => collection.get({ ids: page, include: ['documents', 'metadatas'] }),
        signal,
      );
      found?.ids.forEach((id, row) => {
        parts.push({ id, text: found.documents[row] ?? '', parts: Number(found.metadatas[row]?.['parts'] ?? 1) });
      });
    }
    return parts;
  }

  async #write(parts: readonly Part[], signal?: AbortSignal): Promise<void> {
    for (const page of toPages(parts, PAGE)) {
      const records = {
        ids: page.map(({ id }) => id),
        documents: page.map(({ text }) => text),
        metadatas: page.map(({ parts }) => ({ parts })),
        embeddings: page.map(() => NO_VECTOR),
      };
      await this.#collections.write(this.#name, RECIPE, (collection) => collection.upsert(records), signal);
    }
  }

  #get<T>(use: (collection: Collection) => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    return this.#collections.read(this.#name, use, signal);
  }
}

function toParts(id: string, text: string): Part[] {
  const pieces = splitByBytes(text);
  return pieces.map((piece, position) => ({ id: `${id}/${position}`, text: piece, parts: pieces.length }));
}

/** Pieces of at most PART_BYTES; a character is never cut in two. */
function splitByBytes(text: string): string[] {
  const bytes = Buffer.from(text);
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    let end = Math.min(start + PART_BYTES, bytes.length);
    // 10xxxxxx is the inside of a character.
    while (end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    pieces.push(bytes.toString('utf8', start, end));
    start = end;
  }
  return pieces.length === 0 ? [''] : pieces;
}

function textIdOf(record: string): string {
  return record.slice(0, record.lastIndexOf('/'));
}

function isFirst(record: string): boolean {
  return record.endsWith('/0');
}
