import type { KnowledgeDocument } from '../src/domain/document.ts';
import { type EmbeddingModel, isSameModel } from '../src/domain/generation.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { Redactor } from '../src/domain/redaction.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import type { Before } from './before.ts';
import type { FileInProgress } from './file-in-progress.ts';
import { groupBy } from './group-by.ts';
import { redactDocuments, redactEntry } from './redact-again.ts';
import { rebuildFragments } from './topology/rebuild.ts';

export interface CarryOver {
  readonly before: Before | undefined;
  readonly recipe: string;
  readonly model: EmbeddingModel;
  readonly index: Pick<KnowledgeIndex, 'readDocuments'>;
  /** False where vectors may be gone: then all are looked for. */
  readonly reuse: boolean;
  readonly redact: Redactor | undefined;
}

/**
 * Served files that cannot be read now: what was published of them stays, whatever became of them there. Services are
 * merged anew with those of the files that can be read.
 */
export async function* carryOver(
  files: readonly ManifestFile[],
  { before, recipe, model, index, reuse, redact }: CarryOver,
  signal?: AbortSignal,
): AsyncGenerator<FileInProgress> {
  if (before === undefined || files.length === 0) return;
  const { generation, manifest } = before;
  const isCurrent = manifest.recipe === recipe;
  const again = isCurrent ? undefined : redact;
  const isStored = reuse && isSameModel(generation.model, model) && again === undefined;
  const isNeeded = !isStored || hasServices(manifest.files);
  const served = isNeeded ? await readAll(files, isStored, index.readDocuments(generation, signal)) : [];
  const { documents, refused } = await redactDocuments(served, again);
  const services = documents.filter((document) => document.kind === 'service');
  const fragments = rebuildFragments(files, services);
  const pages = documents.filter(({ kind }) => kind !== 'service');
  const fresh = groupBy(pages, ({ source }) => source.path);
  for (const file of files) {
    // What another recipe made of it is as good as it gets without the file, but nothing to build on.
    const current = isCurrent ? file : { ...file, reusable: false };
    const entry = await redactEntry(current, again, refused.get(file.path));
    const fragment = fragments.get(file.path);
    if (isStored && fragment === undefined) yield { file: entry, fresh: [], fragment };
    else {
      const stored = isStored ? entry.documents.filter(({ kind }) => kind !== 'service') : [];
      yield { file: { ...entry, documents: stored }, fresh: fresh.get(file.path) ?? [], fragment };
    }
  }
}

function hasServices(files: readonly ManifestFile[]): boolean {
  return files.some(({ documents }) => documents.some(({ kind }) => kind === 'service'));
}

/** Their documents where these are to be stored again; services of other files, too, as they may know of theirs. */
async function readAll(
  files: readonly ManifestFile[],
  onlyServices: boolean,
  documents: AsyncIterable<KnowledgeDocument>,
): Promise<KnowledgeDocument[]> {
  const paths = new Set(files.map(({ path }) => path));
  const all: KnowledgeDocument[] = [];
  for await (const document of documents) {
    if (document.kind === 'service' || (!onlyServices && paths.has(document.source.path))) all.push(document);
  }
  return all;
}
