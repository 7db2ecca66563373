import { PrecedentError } from '../src/domain/errors.ts';
import type { Generation } from '../src/domain/generation.ts';
import type { FileOutcome, IngestReport, KnowledgeProblem } from '../src/domain/ingest-report.ts';
import type { SourceState } from '../src/domain/knowledge-source.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';

/** What one run did; the rest of the report is read off the files. */
export interface Run {
  readonly generation: Generation;
  readonly published: boolean;
  /** What is wrong with the sources themselves. */
  readonly problems: readonly KnowledgeProblem[];
  readonly embedded: number;
  readonly timings: Readonly<Record<string, number>>;
}

/** The whole story of a run: of files that were taken over, too, or else their problems would be told only once. */
export function buildReport(
  files: readonly ManifestFile[],
  before: readonly ManifestFile[],
  { generation, published, problems, embedded, timings }: Run,
): IngestReport {
  return {
    generation: generation.key,
    sources: generation.sources,
    published,
    files: compareFiles(files, before),
    problems: [...problems, ...files.flatMap((file) => file.problems)],
    redacted: sumCounts(files.map((file) => file.redacted ?? {})),
    documents: generation.documents,
    chunks: generation.chunks,
    embedded,
    timings: { ...timings },
  };
}

/** An empty folder is a wrong path far more often than a wish to forget everything, so it never replaces knowledge. */
export function assertKnowledge(
  files: readonly ManifestFile[],
  { states, problems }: { readonly states: readonly SourceState[]; readonly problems: readonly KnowledgeProblem[] },
): void {
  if (files.some((file) => file.documents.length > 0)) return;
  const unused = files.map(({ path, unread }) => ({ path, message: unread?.reason ?? 'nothing in it' }));
  const found =
    unused.length === 0 ? 'no file' : `${unused.length} file${unused.length === 1 ? '' : 's'}, none of them usable,`;
  const places = states.map(({ location }) => location).join(', ') || 'any source';
  throw new PrecedentError(
    'knowledge-empty',
    `found ${found} in ${places}: put Markdown into runbooks/ or incidents/, YAML into topology/, or point KNOWLEDGE_DIR or the sources of precedent.yaml elsewhere. What was served before is still served`,
    { problems: [...problems.map(({ path, message }) => ({ path, message })), ...unused] },
  );
}

/** What became of every file, compared with the generation before. */
export function compareFiles(files: readonly ManifestFile[], before: readonly ManifestFile[]): FileOutcome[] {
  const known = new Map(before.map((file) => [file.path, file]));
  const here = new Set(files.map((file) => file.path));
  const gone = before.filter((file) => !here.has(file.path));
  const outcomes = [
    ...files.map((file) => ({ path: file.path, ...(file.unread ?? { status: statusOf(file, known.get(file.path)) }) })),
    ...gone.map(({ path }) => ({ path, status: 'deleted' as const })),
  ];
  return outcomes.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file that could not be read before was no part of the knowledge, unless an earlier reading of it was kept. */
function statusOf(file: ManifestFile, before: ManifestFile | undefined): FileOutcome['status'] {
  if (before === undefined || (before.unread !== undefined && before.documents.length === 0)) return 'added';
  return before.sha === file.sha ? 'unchanged' : 'changed';
}

function sumCounts(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [kind, count] of counts.flatMap((each) => Object.entries(each))) sums[kind] = (sums[kind] ?? 0) + count;
  return sums;
}
