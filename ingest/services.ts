import type { ServiceDocument } from '../src/domain/document.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { FileInProgress } from './file-in-progress.ts';
import { groupBy } from './group-by.ts';
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
    // Those of a file that could not be read again are told already.
    const known = new Set(file.problems.map(({ message }) => message));
    const told = [...file.problems, ...(problemsOf.get(file.path) ?? []).filter(({ message }) => !known.has(message))];
    yield { file: { ...file, problems: told }, fresh: documentsOf.get(file.path) ?? [], fragment: undefined };
  }
}
