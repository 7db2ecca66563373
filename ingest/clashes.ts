import type { DocumentKind } from '../src/domain/document.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import { formatSource } from '../src/domain/source.ts';
import type { FileInProgress } from './file-in-progress.ts';

interface Named {
  readonly kind: DocumentKind;
  readonly id: string;
}

/**
 * No two documents of a kind share an id: the first file in the order of paths has it, and the other is told. What the
 * loser became is never taken over, because it may win the next time; the winner's outcome needs no one else.
 */
export async function* settleClashes(files: AsyncIterable<FileInProgress>): AsyncGenerator<FileInProgress> {
  const owners = new Map<string, { readonly path: string; readonly line: number }>();
  for await (const inProgress of files) {
    const { path } = inProgress.file;
    const told: KnowledgeProblem[] = [];
    const claim = ({ kind, id }: Named, line: number): boolean => {
      const owner = owners.get(`${kind} ${id}`);
      if (owner === undefined) {
        owners.set(`${kind} ${id}`, { path, line });
        return true;
      }
      told.push({
        path,
        line,
        message: `${kind} ${id} is already defined at ${formatSource(owner)}: rename one of them`,
      });
      return false;
    };
    const documents = inProgress.file.documents.filter((document) => claim(document, document.line));
    const fresh = inProgress.fresh.filter((document) => claim(document, document.source.line));
    yield told.length === 0 ? { ...inProgress, fresh } : lose({ ...inProgress, fresh }, documents, told);
  }
}

function lose(
  { file, fresh, fragment }: FileInProgress,
  documents: FileInProgress['file']['documents'],
  told: readonly KnowledgeProblem[],
): FileInProgress {
  const isLost = documents.length + fresh.length === 0;
  const unread = { status: 'skipped' as const, reason: told[0]?.message ?? '' };
  const problems = [...file.problems, ...told];
  return {
    file: { ...file, documents, problems, reusable: false, ...(isLost ? { unread } : {}) },
    fresh,
    fragment,
  };
}
