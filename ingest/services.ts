import type { ServiceDocument } from '../src/domain/document.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { FileInProgress } from './file-in-progress.ts';
import { mergeTopology } from './topology/merge.ts';

/**
 * Topology files wait until the last one is known, because a service may be told of in several; then each comes with
 * the services that have their place in it. All other files pass.
 */
export async function* mergeServices(files: AsyncIterable<FileInProgress>): AsyncGenerator<FileInProgress> {
  const waiting: FileInProgress[] = [];
  for await (const file of files) {
    if (file.fragment === undefined) yield file;
    else waiting.push(file);
  }
  const { documents, problems } = mergeTopology(waiting.flatMap(({ fragment }) => fragment ?? []));
  const documentsOf = groupBy<ServiceDocument>(documents, ({ source }) => source.path);
  const problemsOf = groupBy<KnowledgeProblem>(problems, ({ path }) => path);
  for (const { file } of waiting) {
    const told = [...file.problems, ...(problemsOf.get(file.path) ?? [])];
    yield { file: { ...file, problems: told }, fresh: documentsOf.get(file.path) ?? [], fragment: undefined };
  }
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
