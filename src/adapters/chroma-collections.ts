import {
  type ChromaClient,
  ChromaNotFoundError,
  type Collection,
  type CollectionMetadata,
  type CreateCollectionConfiguration,
} from 'chromadb';
import type { ChromaConnection } from './chroma-connection.ts';
import type { Nearest, NearestQuery } from './chroma-query.ts';

export interface CollectionRecipe {
  readonly metadata: CollectionMetadata;
  readonly configuration: CreateCollectionConfiguration;
}

interface Known {
  readonly id: string;
  readonly metadata: CollectionMetadata;
}

/** Collections by name. Their ids are remembered, and looked up again when a collection turns out to be gone. */
export class ChromaCollections {
  readonly connection: ChromaConnection;
  readonly #known = new Map<string, Known>();

  constructor(connection: ChromaConnection) {
    this.connection = connection;
  }

  /** The collection's metadata, or undefined when there is no such collection. */
  async find(name: string, signal?: AbortSignal): Promise<CollectionMetadata | undefined> {
    const known = this.#known.get(name) ?? (await this.#lookUp(name, signal));
    return known?.metadata;
  }

  async list(signal?: AbortSignal): Promise<{ name: string; metadata: CollectionMetadata }[]> {
    const limit = this.connection.pageSize;
    const found: { name: string; metadata: CollectionMetadata }[] = [];
    for (let offset = 0; ; offset += limit) {
      const page = await this.connection.call((client) => client.listCollections({ limit, offset }), signal);
      found.push(...page.map(({ name, metadata }) => ({ name, metadata: metadata ?? {} })));
      if (page.length < limit) return found;
    }
  }

  /** Undefined when there is no such collection. */
  async read<T>(
    name: string,
    use: (collection: Collection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    const send = (id: string) => this.connection.call((client) => use(client.collection(id)), signal);
    return this.#use(name, send, (client) => client.getCollection({ name }), signal);
  }

  /** Undefined when there is no such collection. */
  async nearest(name: string, query: NearestQuery, signal?: AbortSignal): Promise<Nearest | undefined> {
    const { connection } = this;
    const send = (id: string) => connection.reach((access) => connection.queries.nearest(access, id, query), signal);
    return this.#use(name, send, (client) => client.getCollection({ name }), signal);
  }

  /** Makes the collection when there is none; one that is there keeps the configuration it was made with. */
  async write<T>(
    name: string,
    { metadata, configuration }: CollectionRecipe,
    use: (collection: Collection) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const create = (client: ChromaClient) =>
      client.getOrCreateCollection({ name, metadata, configuration, embeddingFunction: null });
    const send = (id: string) => this.connection.call((client) => use(client.collection(id)), signal);
    const result = await this.#use(name, async (id) => ({ value: await send(id) }), create, signal);
    if (result) return result.value;
    throw new Error(`collection ${name} is deleted as soon as it is made`);
  }

  /** Every id of a collection, a page at a time. */
  async *listIds(name: string, signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    const limit = this.connection.isCloud ? this.connection.pageSize : 10_000;
    for (let offset = 0; ; offset += limit) {
      const page = await this.read(name, (collection) => collection.get({ limit, offset, include: [] }), signal);
      if (page && page.ids.length > 0) yield page.ids;
      if (!page || page.ids.length < limit) return;
    }
  }

  async deleteIds(name: string, ids: readonly string[], signal?: AbortSignal): Promise<void> {
    for (const page of toPages(ids, this.connection.pageSize)) {
      await this.read(name, (collection) => collection.delete({ ids: page }), signal);
    }
  }

  /** Deleting what is gone already is no mistake. */
  async drop(name: string, signal?: AbortSignal): Promise<void> {
    this.#known.delete(name);
    await this.connection.call((client) => client.deleteCollection({ name }), signal).catch(ignoreNotFound);
  }

  async #use<T>(
    name: string,
    send: (id: string) => Promise<T>,
    open: (client: ChromaClient) => Promise<Collection>,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    for (let isRetry = false; ; isRetry = true) {
      const known = this.#known.get(name) ?? (await this.#lookUp(name, signal, open));
      if (!known) return undefined;
      try {
        return await send(known.id);
      } catch (error) {
        ignoreNotFound(error);
        this.#known.delete(name);
        if (isRetry) return undefined;
      }
    }
  }

  async #lookUp(
    name: string,
    signal: AbortSignal | undefined,
    open: (client: ChromaClient) => Promise<Collection> = (client) => client.getCollection({ name }),
  ): Promise<Known | undefined> {
    const collection = await this.connection.call(open, signal).catch(ignoreNotFound);
    if (!collection) return undefined;
    const known = { id: collection.id, metadata: collection.metadata ?? {} };
    this.#known.set(name, known);
    return known;
  }
}

export function* toPages<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof ChromaNotFoundError)) throw error;
  return undefined;
}
