import { createHash } from 'node:crypto';
import type { EmbeddingModel, Generation } from '../src/domain/generation.ts';
import { SourceState } from '../src/domain/knowledge-source.ts';
import { Manifest, type ManifestFile } from '../src/domain/manifest.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import type { Before } from './before.ts';
import type { NamedChunks } from './store.ts';

/**
 * The state to be published. Its key is made of what readers would see and of the model, not of the commits: a commit
 * that touches no knowledge is no new generation, only one whose sources stand elsewhere.
 */
export function buildGeneration(
  files: readonly ManifestFile[],
  { model, sources, now }: { model: EmbeddingModel; sources: readonly SourceState[]; now: Date },
): Generation {
  const documents = files.flatMap((file) => file.documents);
  const chunks = new Set(documents.flatMap((document) => document.chunks.map((id) => `${document.kind} ${id}`)));
  const key = createHash('sha256').update(JSON.stringify([model.id, model.checksum, model.dimension]));
  for (const hash of documents.map((document) => document.hash).sort()) key.update('\0').update(hash);
  return {
    key: key.digest('hex').slice(0, 40),
    model,
    sources: [...sources],
    publishedAt: now.toISOString(),
    documents: documents.length,
    chunks: chunks.size,
  };
}

/**
 * Flips to the new generation when anything of it is new. Returns whether readers see other content: when only the
 * sources or the files that were not read have moved on, nobody has to read the index anew, but the facts are written.
 */
export async function publish(
  generation: Generation,
  manifest: Manifest,
  before: Before | undefined,
  index: Pick<KnowledgeIndex, 'publish'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const isNew = before?.generation.key !== generation.key;
  if (isNew) await index.publish(generation, manifest, signal);
  else if (factsOf(generation.sources, manifest) !== factsOf(before.generation.sources, before.manifest)) {
    await index.publish({ ...generation, publishedAt: before.generation.publishedAt }, manifest, signal);
  }
  return isNew;
}

/** Parsed, so that the order in which fields were written makes no difference. */
function factsOf(sources: readonly SourceState[], manifest: Manifest): string {
  return JSON.stringify([sources.map((source) => SourceState.parse(source)), Manifest.parse(manifest)]);
}

/**
 * Whether all chunks of what was stored are there: until the flip nothing names new ones, so another machine's sweep
 * may have taken them. A sweep that starts after the flip spares them.
 */
export async function isWhole(
  named: NamedChunks,
  model: EmbeddingModel,
  index: Pick<KnowledgeIndex, 'listMissing'>,
  signal?: AbortSignal,
): Promise<boolean> {
  for (const [kind, ids] of named) {
    if (ids.size > 0 && (await index.listMissing(kind, model, [...ids], signal)).length > 0) return false;
  }
  return true;
}
