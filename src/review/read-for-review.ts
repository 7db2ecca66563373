import { join } from 'node:path';
import { createPreparer, type PreparedFile } from '../../ingest/prepare.ts';
import { readSources } from '../../ingest/read.ts';
import { isUnread, type SourceCheckout, type SourceFile, type UnreadFile } from '../../ingest/source-file.ts';
import { openDirectory, openKnowledgeDir } from '../../ingest/sources/directory.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type DirectorySource, type KnowledgeSource, nameOf } from '../domain/knowledge-source.ts';
import type { Redactor } from '../domain/redaction.ts';
import { createRedactor } from '../redact/redact.ts';
import { findDeadTargets } from './dead-targets.ts';
import type { ReviewedFile, ReviewedKnowledge, Secret } from './knowledge.ts';
import { listFileTargets } from './lint/links.ts';
import { type MarkdownScan, scanMarkdown } from './markdown-scan.ts';
import { findSecretLines } from './secret-lines.ts';

export interface LocalSources {
  readonly checkouts: readonly SourceCheckout[];
  /** Names of sources that only a network brings, which a review of somebody's working tree does without. */
  readonly elsewhere: readonly string[];
}

/** The knowledge that lies on this machine as somebody is editing it: nothing is fetched. */
export async function openLocalSources(
  { sources, knowledgeDir }: { readonly sources: readonly KnowledgeSource[]; readonly knowledgeDir: string },
  signal: AbortSignal,
): Promise<LocalSources> {
  if (sources.length === 0) return { checkouts: [await openKnowledgeDir(knowledgeDir, signal)], elsewhere: [] };
  const folders = sources.filter((source): source is DirectorySource => 'directory' in source);
  const elsewhere = sources.filter((source) => !('directory' in source)).map(nameOf);
  if (folders.length === 0) {
    const names = elsewhere.join(', ');
    const message = `no source is a folder on this machine (there are: ${names}): check one of them out and point KNOWLEDGE_DIR to it`;
    throw new PrecedentError('input-invalid', message);
  }
  return { checkouts: await Promise.all(folders.map((source) => openDirectory(source, signal))), elsewhere };
}

/** Every file of the checkouts as its author wrote it but for secrets, beside what the ingest makes of it. */
export async function readForReview(
  checkouts: readonly SourceCheckout[],
  signal: AbortSignal,
): Promise<ReviewedKnowledge> {
  // Whatever a deployment blacks out besides: addresses in a runbook are no mistake of its author.
  const redact = createRedactor(['secrets']);
  const roots = new Map(checkouts.map(({ name, root }) => [name, root]));
  const files: ReviewedFile[] = [];
  const unread: UnreadFile[] = [];
  const topology: ReviewedKnowledge['topology'][number][] = [];
  for await (const file of readSources(checkouts, signal)) {
    if (isUnread(file)) {
      unread.push(file);
      continue;
    }
    const { prepared, text, secrets } = await prepare(file, redact);
    const { path, source } = file;
    if (prepared.unread) unread.push({ path, source, ...prepared.unread });
    if (prepared.fragment) topology.push(prepared.fragment);
    const inSource = source === '' ? path : path.slice(source.length + 1);
    const location = join(roots.get(source) ?? '', inSource);
    const markdown = prepared.documents.length > 0 ? scanMarkdown(text) : undefined;
    files.push({
      ...{ path, location, markdown, text, secrets },
      documents: prepared.documents,
      problems: prepared.problems,
      deadTargets: await findDead(location, markdown),
    });
  }
  return { files, unread, topology };
}

/** The ingest's own way from bytes to documents, listened to where secrets are blacked out: no rule ever sees one. */
async function prepare(
  file: SourceFile,
  redact: Redactor,
): Promise<{ prepared: PreparedFile; text: string; secrets: readonly Secret[] }> {
  let heard: { readonly text: string; readonly secrets: readonly Secret[] } = { text: '', secrets: [] };
  const listen: Redactor = async (text) => {
    const redaction = await redact(text);
    heard = { text: redaction.text, secrets: findSecretLines(text, redaction) };
    return redaction;
  };
  return { prepared: await createPreparer({ redact: listen })(file), ...heard };
}

function findDead(location: string, markdown: MarkdownScan | undefined): Promise<ReadonlySet<string>> {
  return findDeadTargets(location, listFileTargets(markdown?.links ?? []));
}
