import { UNKNOWN_KIND } from '../../../ingest/parse/kind.ts';
import type { UnreadFile } from '../../../ingest/source-file.ts';
import type { KnowledgeProblem } from '../../domain/ingest-report.ts';
import type { Rule } from './rule.ts';

export const brokenFrontMatter: Rule = {
  id: 'broken-front-matter',
  severity: 'error',
  reason: 'Half a front matter misleads more than none, so none of its fields is read.',
  find: ({ files }) => files.flatMap(({ problems }) => problems.filter(isFrontMatter)),
};

export const ingestProblem: Rule = {
  id: 'ingest-problem',
  severity: 'warning',
  reason: 'Something in the file could not be read as it was meant; the rest of the file is served.',
  find: ({ files }) => files.flatMap(({ problems }) => problems.filter((problem) => !isFrontMatter(problem))),
};

function isFrontMatter({ message }: KnowledgeProblem): boolean {
  return message.startsWith('broken front matter');
}

export const unreadFile: Rule = {
  id: 'unread-file',
  severity: 'error',
  reason: 'A file that looks like knowledge and is not read is a runbook that nobody will find.',
  find: ({ unread }) =>
    unread
      .filter(looksLikeKnowledge)
      .map(({ path, reason }) => ({ path, line: 1, message: `the file is not read: ${reason}` })),
};

/** Pictures and other pages lie beside runbooks with good reason, and a README introduces its folder: no mistakes. */
function looksLikeKnowledge({ path, status, reason }: UnreadFile): boolean {
  if (status === 'failed') return true;
  if (reason === UNKNOWN_KIND) return false;
  return /\.(?:md|mdx|markdown|adoc|ya?ml)$/i.test(path) && !/introduces its folder/.test(reason);
}
