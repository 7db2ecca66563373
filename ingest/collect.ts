import type { KnowledgeDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { FileOutcome, KnowledgeProblem } from '../src/domain/ingest-report.ts';
import { formatSource } from '../src/domain/source.ts';
import type { ParsedFile } from './parse.ts';

/** Everything that the sources say, and what became of each file. */
export interface Knowledge {
  readonly files: readonly ParsedFile[];
  readonly documents: readonly KnowledgeDocument[];
  readonly problems: readonly KnowledgeProblem[];
}

/** No two documents of a kind share an id: the first file in order has it, and the other is told. */
export async function collect(files: AsyncIterable<ParsedFile>, onFile: (done: number) => void): Promise<Knowledge> {
  const owners = new Map<string, KnowledgeDocument>();
  const seen: ParsedFile[] = [];
  for await (const file of files) {
    const clashes = file.documents.flatMap((document) => {
      const owner = owners.get(`${document.kind} ${document.id}`);
      return owner ? [{ document, owner }] : [];
    });
    seen.push(withoutClashes(file, clashes));
    for (const document of seen.at(-1)?.documents ?? []) owners.set(`${document.kind} ${document.id}`, document);
    onFile(seen.length);
  }
  const documents = seen.flatMap((file) => file.documents);
  return { files: seen, documents, problems: seen.flatMap((file) => file.problems) };
}

interface Clash {
  readonly document: KnowledgeDocument;
  readonly owner: KnowledgeDocument;
}

function withoutClashes(file: ParsedFile, clashes: readonly Clash[]): ParsedFile {
  if (clashes.length === 0) return file;
  const lost = new Set(clashes.map(({ document }) => document));
  const documents = file.documents.filter((document) => !lost.has(document));
  const told = clashes.map(({ document, owner }) => ({
    path: file.path,
    line: document.source.line,
    message: `${document.kind} ${document.id} is already defined at ${formatSource(owner.source)}: rename one of them`,
  }));
  const unread = { status: 'skipped' as const, reason: told[0]?.message ?? '' };
  return {
    ...file,
    documents,
    problems: [...file.problems, ...told],
    unread: documents.length === 0 ? unread : file.unread,
  };
}

/** An empty folder is a wrong path far more often than a wish to forget everything, so it never replaces knowledge. */
export function assertKnowledge(knowledge: Knowledge, knowledgeDir: string): void {
  if (knowledge.documents.length > 0) return;
  const unread = knowledge.files.map(({ path, unread }) => ({ path, message: unread?.reason ?? 'nothing in it' }));
  const found =
    unread.length === 0 ? 'no file' : `${unread.length} file${unread.length === 1 ? '' : 's'}, none of them usable,`;
  throw new PrecedentError(
    'knowledge-empty',
    `found ${found} in the knowledge folder ${knowledgeDir}: put Markdown into its runbooks/ or incidents/, YAML into its topology/, or point KNOWLEDGE_DIR elsewhere. What was served before is still served`,
    { problems: unread },
  );
}

/** What became of every file, compared with the generation before: `before` maps its paths to their blob ids. */
export function compareFiles(files: readonly ParsedFile[], before: ReadonlyMap<string, string>): FileOutcome[] {
  const here = new Set(files.map((file) => file.path));
  const gone = [...before.keys()].filter((path) => !here.has(path));
  const outcomes = [
    ...files.map((file) => ({
      path: file.path,
      ...(file.unread ?? { status: statusOf(file, before.get(file.path)) }),
    })),
    ...gone.map((path) => ({ path, status: 'deleted' as const })),
  ];
  return outcomes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function statusOf(file: ParsedFile, before: string | undefined): FileOutcome['status'] {
  if (before === undefined) return 'added';
  return before === file.sha ? 'unchanged' : 'changed';
}
