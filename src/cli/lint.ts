import { existsSync, realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { readConfig } from '../config.ts';
import { PrecedentError } from '../domain/errors.ts';
import { type FindingFormat, renderFindings } from '../review/annotations.ts';
import type { Finding } from '../review/finding.ts';
import type { ReviewedKnowledge } from '../review/knowledge.ts';
import { lintKnowledge } from '../review/lint/lint.ts';
import { openLocalSources, readForReview } from '../review/read-for-review.ts';
import { type CommandContext, EXIT } from './context.ts';
import { paint } from './render.ts';
import { locate, toRepositoryPath } from './repository-path.ts';

export interface LintOptions {
  readonly format?: FindingFormat;
  readonly json?: boolean;
  /** Warnings fail as errors do. */
  readonly strict?: boolean;
}

/** `precedent lint`: what an author should mend before others rely on it. Reads files, and nothing else. */
export async function lintCommand(
  paths: readonly string[],
  options: LintOptions,
  context: CommandContext,
  now: () => Date = () => new Date(),
): Promise<number> {
  const { checkouts, elsewhere } = await openLocalSources(readConfig(context.env).config, context.signal);
  if (elsewhere.length > 0)
    context.note(`not looked at, because they are not on this machine: ${elsewhere.join(', ')}\n`);
  const knowledge = await readForReview(checkouts, context.signal);
  const find = createLocator(knowledge, checkouts);
  const chosen = selectPaths(paths, knowledge, find);
  const findings = lintKnowledge(knowledge, now().toISOString().slice(0, 10)).filter(({ path }) => chosen(path));
  const format = options.json ? 'json' : (options.format ?? 'text');
  context.write(renderFindings(findings, format, (path) => toRepositoryPath(find(path))));
  const summary = `${summarise(findings, knowledge.files.filter(({ path }) => chosen(path)).length)}\n`;
  // What a machine reads is not mixed with words.
  if (format === 'text') context.write(summary);
  else context.note(summary);
  const fails = options.strict ? findings.length > 0 : findings.some(({ severity }) => severity === 'error');
  return fails ? EXIT.badInput : EXIT.done;
}

type Locate = (path: string) => string;

/** Where a file of the knowledge lies on this machine. */
function createLocator(knowledge: ReviewedKnowledge, checkouts: readonly { name: string; root: string }[]): Locate {
  const locations = new Map(knowledge.files.map(({ path, location }) => [path, location]));
  return (path) => locations.get(path) ?? locate(path, checkouts);
}

/** Files and folders, as somebody would type them here or as findings name them; without any, all. */
function selectPaths(paths: readonly string[], knowledge: ReviewedKnowledge, find: Locate) {
  const all = [...knowledge.files, ...knowledge.unread].map(({ path }) => path);
  const isUnder = (path: string, folder: string, separator: string) =>
    path === folder || path.startsWith(folder.endsWith(separator) ? folder : `${folder}${separator}`);
  const fits = (path: string, wanted: string) =>
    isUnder(path, wanted.replace(/\/+$/, ''), '/') ||
    isUnder(find(path), existsSync(wanted) ? realpathSync(wanted) : resolve(wanted), sep);
  for (const wanted of paths) {
    if (all.some((path) => fits(path, wanted))) continue;
    const reason = existsSync(wanted) ? 'is no file of the knowledge' : 'does not exist';
    throw new PrecedentError('input-invalid', `${wanted} ${reason}: give paths of files or folders that are read`);
  }
  return (path: string) => paths.length === 0 || paths.some((wanted) => fits(path, wanted));
}

function summarise(findings: readonly Finding[], files: number): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;
  const found = `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')} in ${count(files, 'file')}`;
  return findings.length === 0 ? paint.good(`✔ nothing to mend in ${count(files, 'file')}`) : found;
}
