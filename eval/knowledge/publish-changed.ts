import { chunkDocument } from '../../ingest/chunk/chunk.ts';
import { embedChunks } from '../../ingest/embed.ts';
import type { KnowledgeDocument } from '../../src/domain/document.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import { publishDocuments } from '../../src/testing/generation-builder.ts';
import { createMemoryIndex } from '../../src/testing/memory-index.ts';

/** An index of these documents, cut and embedded as an ingest would, beside the one they were read from. */
export async function publishChanged(
  documents: readonly KnowledgeDocument[],
  from: Pick<KnowledgeIndex, 'findGeneration'>,
  embedder: Embedder,
): Promise<KnowledgeIndex> {
  const generation = await from.findGeneration();
  if (!generation) throw new Error('there is no knowledge to measure');
  const index = createMemoryIndex();
  const countTokens = await embedder.loadTokenizer();
  const chunked: KnowledgeDocument[] = [];
  for (const document of documents) chunked.push(await chunkDocument(document, countTokens));
  for (const { kind, chunks } of chunked) {
    for await (const embedded of embedChunks(chunks, embedder)) {
      await index.addChunks(kind, generation.model, embedded);
    }
  }
  await publishDocuments(index, { ...generation, key: `${generation.key}-changed` }, chunked);
  return index;
}
