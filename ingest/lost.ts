import type { SourceState } from '../src/domain/knowledge-source.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { Before } from './before.ts';
import { isUnread, type SourceCheckout, type SourceFile, type UnreadFile } from './source-file.ts';

/** What was published and cannot be seen now: that is no wish to delete it. */
export interface Lost {
  /** Served files that a failed reading hides, each with its reason in `unread`. */
  readonly files: readonly ManifestFile[];
  /** Sources that had documents and have no file at all now. */
  readonly emptied: readonly SourceCheckout[];
}

export interface LostFiles {
  /** Lets all files pass but those whose reading failed and that are served. */
  readonly watch: (files: AsyncIterable<SourceFile | UnreadFile>) => AsyncGenerator<SourceFile | UnreadFile>;
  /** Known when all files have passed. */
  readonly list: () => Lost;
}

/** `before` is the truth about a file whose disk or folder fails for a moment. */
export function createLostFiles(checkouts: readonly SourceCheckout[], before: Before | undefined): LostFiles {
  const served = before?.manifest.files ?? [];
  const lost = new Map<string, ManifestFile>();
  const seen = new Set<string>();
  return {
    async *watch(files) {
      for await (const file of files) {
        seen.add(file.source);
        const hidden = isUnread(file) && file.status === 'failed' ? listUnder(file, served) : [];
        for (const entry of hidden) lost.set(entry.path, toFailed(entry, file));
        // A folder's own failure stays beside its files; a file is told of once.
        if (!hidden.some(({ path }) => path === file.path)) yield file;
      }
    },
    list: () => ({
      files: [...lost.values()],
      emptied: checkouts.filter(({ name }) => name !== '' && !seen.has(name) && hadDocuments(name, served)),
    }),
  };
}

/** The files of these sources as they were served. */
export function listServed(sources: readonly string[], before: Before | undefined): ManifestFile[] {
  return before?.manifest.files.filter(({ source }) => sources.includes(source)) ?? [];
}

/** As for a source that does not answer: the state of what is served stands. */
export function explainEmptied({ name, state }: SourceCheckout, before: Before | undefined) {
  const count = listServed([name], before).filter(({ documents }) => documents.length > 0).length;
  const files = `${count} file${count === 1 ? '' : 's'}`;
  const message = `${state.location} had ${files} with knowledge and has none now, so what was published of it stays. If that is meant, remove the source from precedent.yaml; else see whether the folder is mounted and where its files went`;
  const served: SourceState | undefined = before?.generation.sources.find((source) => source.name === name);
  return { problem: { path: name, line: 1, message }, state: served ?? state };
}

function listUnder({ path, source }: Pick<UnreadFile, 'path' | 'source'>, served: readonly ManifestFile[]) {
  // The root of a source is its name with a `/`, or nothing at all.
  const folder = path === '' || path.endsWith('/') ? path : `${path}/`;
  return served.filter((file) => file.source === source && (file.path === path || file.path.startsWith(folder)));
}

function toFailed(file: ManifestFile, failure: SourceFile | UnreadFile): ManifestFile {
  const reason = 'reason' in failure ? failure.reason : '';
  return { ...file, unread: { status: 'failed', reason }, reusable: false };
}

function hadDocuments(source: string, served: readonly ManifestFile[]): boolean {
  return served.some((file) => file.source === source && file.documents.length > 0);
}
