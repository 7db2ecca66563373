import type { Generation } from '../src/domain/generation.ts';
import type { Manifest, ManifestFile } from '../src/domain/manifest.ts';
import type { KnowledgeIndex } from '../src/ports.ts';

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
