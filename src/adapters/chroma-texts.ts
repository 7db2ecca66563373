import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Collection } from 'chromadb';
import { type ChromaCollections, type CollectionRecipe, toPages } from './chroma-collections.ts';
import {
  fromData,
  fromMetadata,
  isFirst,
  recordIdOf,
  type TextRecord,
  textIdOf,
  toMetadata,
  toRecords,
} from './chroma-text-records.ts';

/** The format of all that is kept as text. It is part of the collections' names, so that formats never mix. */
const TEXT_FORMAT = 2;

/** What Chroma Cloud takes in one request, nearly: fewer requests are much cheaper. 8 MB at most. */
const PAGE = 256;

/** Characters of deflated text made into documents before anybody else has a turn: a few milliseconds' work. */
const SLICE = 50_000;

/** Texts are no vectors, but Chroma stores nothing without one; all of these are the same and are never searched. */
const RECIPE: CollectionRecipe = {
  metadata: { format: TEXT_FORMAT },
  configuration: { hnsw: { space: 'l2', max_neighbors: 2, ef_construction: 2, ef_search: 2 } },
};
const NO_VECTOR: number[] = [1];

/**
 * Texts of any length under ids of the caller's choosing, kept as records that any Chroma accepts. The first record is
 * written last: where it is, the text is whole.
 */
export class ChromaTexts {
  readonly #collections: ChromaCollections;
  readonly #family: string;
  readonly #name: string;

  constructor(collections: ChromaCollections, family: string) {
    this.#collections = collections;
    this.#family = family;
    this.#name = `${family}-v${TEXT_FORMAT}`;
  }

  /** Adds the texts that are not there. A text under an id never changes, so what is there is not written again. */
  async addMissing(texts: ReadonlyMap<string, string>, signal?: AbortSignal): Promise<void> {
    for (const page of toPages([...texts.keys()], PAGE)) {
      const missing = await this.#listMissing(page, signal);
      const records = (await Promise.all(missing.map((id) => toRecords(id, texts.get(id) ?? '')))).flat();
      const [firsts, rest] = [records.filter(({ id }) => isFirst(id)), records.filter(({ id }) => !isFirst(id))];
      await this.#write(rest, signal);
      await this.#write(firsts, signal);
    }
  }

  /** Replaces a short text in one step. */
  async put(id: string, text: string, signal?: AbortSignal): Promise<void> {
    const records = await toRecords(id, text);
    if (records.length > 1) throw new Error(`a text of ${text.length} characters cannot be replaced in one step`);
    await this.#write(records, signal);
  }

  async find(id: string, signal?: AbortSignal): Promise<string | undefined> {
    const data = (await this.#readPage([id], signal)).get(id);
    return data === undefined ? undefined : await fromData(data);
  }

  /** The texts that are there, in no particular order. The server looks up the next page while this one is unpacked. */
  async *read(ids: readonly string[], signal?: AbortSignal): AsyncGenerator<readonly [id: string, text: string]> {
    const [first = [], ...rest] = toPages(ids, PAGE);
    let coming = this.#readPage(first, signal);
    for (const next of [...rest, []]) {
      const page = await coming;
      coming = this.#readPage(next, signal);
      // It fails for whoever waits for it, and nobody does who stops reading before.
      coming.catch(() => {});
      let unpacked = 0;
      for (const [id, data] of page) {
        yield [id, await fromData(data)];
        unpacked += data.length;
        if (unpacked < SLICE) continue;
        unpacked = 0;
        await nextTurn();
      }
    }
  }

  /** Deletes all texts but these; returns how many went. */
  async keepOnly(ids: ReadonlySet<string>, signal?: AbortSignal): Promise<number> {
    const records: string[] = [];
    for await (const page of this.#collections.listIds(this.#name, signal)) {
      records.push(...page.filter((record) => !ids.has(textIdOf(record))));
    }
    // First records first: a text that is not whole must not look as if it were.
    records.sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
    await this.#collections.deleteIds(this.#name, records, signal);
    return new Set(records.map(textIdOf)).size;
  }

  /** Deletes what earlier versions kept in formats that nobody reads any more. */
  async dropOlderFormats(signal?: AbortSignal): Promise<void> {
    for (const { name, metadata } of await this.#collections.list(signal)) {
      const isOurs = name === this.#family || name.startsWith(`${this.#family}-v`);
      if (isOurs && Number(metadata['format']) < TEXT_FORMAT) await this.#collections.drop(name, signal);
    }
  }

  async #listMissing(ids: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const firsts = ids.map((id) => recordIdOf(id, 0));
    const found = await this.#get((collection) => collection.get({ ids: firsts, include: [] }), signal);
    const there = new Set(found?.ids.map(textIdOf));
    return ids.filter((id) => !there.has(id));
  }

  /** What the texts are packed in. */
  async #readPage(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, string>> {
    const firsts = await this.#readRecords(
      ids.map((id) => recordIdOf(id, 0)),
      signal,
    );
    const rest = firsts.flatMap(({ id, parts }) => listRecordIds(textIdOf(id), parts).slice(1));
    const records = [...firsts, ...(await this.#readRecords(rest, signal))];
    const data = new Map(records.map((record) => [record.id, record.data]));
    const whole = new Map<string, string>();
    for (const { id, parts } of firsts) {
      const shares = listRecordIds(textIdOf(id), parts).map((record) => data.get(record));
      if (!shares.includes(undefined)) whole.set(textIdOf(id), shares.join(''));
    }
    return whole;
  }

  async #readRecords(ids: readonly string[], signal?: AbortSignal): Promise<TextRecord[]> {
    const records: TextRecord[] = [];
    for (const page of toPages(ids, PAGE)) {
      const found = await this.#get((collection) => collection.get({ ids: page, include: ['metadatas'] }), signal);
      records.push(...(found?.ids ?? []).flatMap((id, row) => fromMetadata(id, found?.metadatas[row]) ?? []));
    }
    return records;
  }

  async #write(records: readonly TextRecord[], signal?: AbortSignal): Promise<void> {
    for (const page of toPages(records, PAGE)) {
      const rows = {
        ids: page.map(({ id }) => id),
        metadatas: page.map(toMetadata),
        embeddings: page.map(() => NO_VECTOR),
      };
      await this.#collections.write(this.#name, RECIPE, (collection) => collection.upsert(rows), signal);
    }
  }

  #get<T>(use: (collection: Collection) => Promise<T>, signal?: AbortSignal): Promise<T | undefined> {
    return this.#collections.read(this.#name, use, signal);
  }
}

function listRecordIds(textId: string, parts: number): string[] {
  return Array.from({ length: parts }, (_, position) => recordIdOf(textId, position));
}
