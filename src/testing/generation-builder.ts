import type { KnowledgeDocument } from '../domain/document.ts';
import type { Generation } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { KnowledgeIndex } from '../ports.ts';

/** A generation for tests, complete and valid, of which a test states only what it is about. */
export function buildGeneration(fields: Partial<Generation> & Pick<Generation, 'key'>): Generation {
  return {
    model: { id: 'model-a', checksum: 'aaaa', dimension: 4 },
    sources: [
      {
        name: '',
        kind: 'directory',
        location: '/knowledge',
        sha: '0123456789abcdef0123456789abcdef01234567',
        dirty: true,
      },
    ],
    publishedAt: '2026-03-01T10:00:00.000Z',
    documents: 0,
    chunks: 0,
    ...fields,
  };
}

/** A manifest with one file per document; `hashes` as `addDocuments` returned them. */
export function buildManifest(documents: readonly KnowledgeDocument[], hashes: readonly string[]): Manifest {
  const files = documents.map(({ kind, id, source, chunks }, at) => ({
    path: source.path,
    source: '',
    sha: source.sha,
    problems: [],
    documents: [{ kind, id, line: source.line, hash: hashes[at] ?? '', chunks: chunks.map((chunk) => chunk.id) }],
    reusable: true,
  }));
  return { recipe: 'test', files };
}

/** Documents without their vectors, published as an ingest would. */
export async function publishDocuments(
  index: KnowledgeIndex,
  generation: Generation,
  documents: readonly KnowledgeDocument[],
): Promise<Manifest> {
  const manifest = buildManifest(documents, await index.addDocuments(documents));
  await index.publish(generation, manifest);
  return manifest;
}
