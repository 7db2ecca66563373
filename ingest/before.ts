import type { KnowledgeDocument } from '../src/domain/document.ts';
import { type EmbeddingModel, type Generation, isSameModel } from '../src/domain/generation.ts';
import type { Manifest, ManifestFile } from '../src/domain/manifest.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import type { FileInProgress } from './file-in-progress.ts';

/** What is served when an ingest begins. */
export interface Before {
  readonly generation: Generation;
  readonly manifest: Manifest;
}

/** A generation whose manifest is gone is none: publishing again is what mends it. */
export async function findBefore(
  index: Pick<KnowledgeIndex, 'findGeneration' | 'findManifest'>,
  signal?: AbortSignal,
): Promise<Before | undefined> {
  const generation = await index.findGeneration(signal);
  const manifest = generation && (await index.findManifest(generation, signal));
  return manifest && { generation, manifest };
}

/** Finds what a file became the last time, if it would become the same now. */
export type FindReusable = (file: Pick<ManifestFile, 'path' | 'sha' | 'readAs'>) => ManifestFile | undefined;

export function createReuse(before: Before | undefined, recipe: string): FindReusable {
  const files = before?.manifest.recipe === recipe ? before.manifest.files : [];
  const reusable = new Map(files.filter((file) => file.reusable).map((file) => [file.path, file]));
  return ({ path, sha, readAs }) => {
    const file = reusable.get(path);
    return file?.sha === sha && file?.readAs === readAs ? file : undefined;
  };
}

export interface CarryOver {
  readonly before: Before | undefined;
  readonly recipe: string;
  readonly model: EmbeddingModel;
  readonly index: Pick<KnowledgeIndex, 'readDocuments'>;
}

/** The files of sources that do not answer: what was published of them stays, whatever became of them there. */
export async function* carryOver(
  sources: readonly string[],
  { before, recipe, model, index }: CarryOver,
  signal?: AbortSignal,
): AsyncGenerator<FileInProgress> {
  if (before === undefined || sources.length === 0) return;
  const { generation, manifest } = before;
  const files = manifest.files.filter(({ source }) => sources.includes(source));
  // What another recipe made of them is as good as it gets without the files, but nothing to build on.
  const isCurrent = manifest.recipe === recipe;
  const kept = isCurrent ? files : files.map((file) => ({ ...file, reusable: false }));
  if (isSameModel(generation.model, model)) {
    for (const file of kept) yield { file, fresh: [], fragment: undefined };
  } else yield* embedAnew(kept, index.readDocuments(generation, signal));
}

/** Vectors of another model are worth nothing now; the documents have the texts they were made of. */
async function* embedAnew(
  files: readonly ManifestFile[],
  documents: AsyncIterable<KnowledgeDocument>,
): AsyncGenerator<FileInProgress> {
  const fresh = new Map<string, KnowledgeDocument[]>(files.map(({ path }) => [path, []]));
  for await (const document of documents) fresh.get(document.source.path)?.push(document);
  for (const file of files) {
    yield { file: { ...file, documents: [] }, fresh: fresh.get(file.path) ?? [], fragment: undefined };
  }
}
