import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { DOCUMENT_KINDS } from '../src/domain/document.ts';
import type { EmbeddingModel, Generation } from '../src/domain/generation.ts';
import { SourceState } from '../src/domain/knowledge-source.ts';
import { type Manifest, ManifestFile } from '../src/domain/manifest.ts';
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
  else if (!isSameState(generation.sources, before.generation.sources) || !isSameManifest(manifest, before.manifest)) {
    await index.publish({ ...generation, publishedAt: before.generation.publishedAt }, manifest, signal);
  }
  return isNew;
}

function isSameState(now: readonly SourceState[], before: readonly SourceState[]): boolean {
  return textOf(SourceState, now) === textOf(SourceState, before);
}

/** Files that were taken over are the same objects: only the others are worth the time that writing them down takes. */
function isSameManifest(now: Manifest, before: Manifest): boolean {
  if (now.recipe !== before.recipe || now.files.length !== before.files.length) return false;
  return now.files.every((file, at) => {
    const known = before.files[at];
    return file === known || (known !== undefined && textOf(ManifestFile, [file]) === textOf(ManifestFile, [known]));
  });
}

/** Parsed, so that the order in which fields were written makes no difference. */
function textOf<T>(schema: z.ZodType<T>, values: readonly T[]): string {
  return JSON.stringify(values.map((value) => schema.parse(value)));
}

/** Taken over, and looked for all the same: a few requests. Looking for 100,000 takes Chroma 1.7 s. */
const LOOKED_FOR = 5_000;

/**
 * Whether the chunks that the files name are there. All of those that are `fresh`: until the flip nothing names them, so
 * another machine's sweep may have taken them; one that starts after the flip spares them. Of the others some of each
 * kind, evenly spread: what is gone of these is a collection that somebody deleted.
 */
export async function isWhole(
  files: readonly ManifestFile[],
  fresh: NamedChunks,
  model: EmbeddingModel,
  index: Pick<KnowledgeIndex, 'listMissing'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const documents = files.flatMap((file) => file.documents);
  for (const kind of DOCUMENT_KINDS) {
    const named = documents.flatMap((document) => (document.kind === kind ? document.chunks : []));
    const step = Math.max(1, Math.ceil(named.length / LOOKED_FOR));
    const ids = new Set(fresh.get(kind));
    for (let at = 0; at < named.length; at += step) ids.add(named[at] ?? '');
    if (ids.size > 0 && (await index.listMissing(kind, model, [...ids], signal)).length > 0) return false;
  }
  return true;
}
