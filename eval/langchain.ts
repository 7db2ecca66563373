import { MemoryVectorStore } from '@langchain/classic/vectorstores/memory';
import { Embeddings } from '@langchain/core/embeddings';
import { RecursiveCharacterTextSplitter } from '@langchain/textsplitters';
import type { Embedder } from '../src/ports.ts';

/** What LangChain's tutorials start with. */
const SPLIT = { chunkSize: 1_000, chunkOverlap: 200 } as const;

/** Chunks asked for: enough that ten documents are among them. */
const CHUNKS = 200;

export interface LangChainSearch {
  /** Documents by their first chunk, best first. */
  rank(query: string): Promise<string[]>;
}

/** The stock recipe: recursive splitter, vector store, `similaritySearch`; embedded with the same model as ours. */
export async function createLangChainSearch(
  documents: readonly { readonly id: string; readonly text: string }[],
  embedder: Embedder,
): Promise<LangChainSearch> {
  const splitter = new RecursiveCharacterTextSplitter(SPLIT);
  const chunks = await splitter.createDocuments(
    documents.map(({ text }) => text),
    documents.map(({ id }) => ({ id })),
  );
  const store = await MemoryVectorStore.fromDocuments(chunks, toEmbeddings(embedder));
  return {
    async rank(query) {
      const found = await store.similaritySearch(query, CHUNKS);
      return [...new Set(found.map(({ metadata }) => String(metadata['id'])))];
    },
  };
}

function toEmbeddings(embedder: Embedder): Embeddings {
  // LangChain checks nothing but the two methods; its class brings the retries and queues that they expect around them.
  return new (class extends Embeddings {
    async embedDocuments(texts: string[]): Promise<number[][]> {
      const vectors: number[][] = [];
      for (let at = 0; at < texts.length; at += embedder.maxBatch) {
        const made = await embedder.embed(texts.slice(at, at + embedder.maxBatch), 'passage');
        vectors.push(...made.map((vector) => [...vector]));
      }
      return vectors;
    }

    async embedQuery(text: string): Promise<number[]> {
      const [vector] = await embedder.embed([text], 'query');
      return [...(vector ?? [])];
    }
  })({});
}
