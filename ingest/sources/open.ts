import { isPrecedentError, messageOf } from '../../src/domain/errors.ts';
import {
  type KnowledgeSource,
  type SourceState,
  tellUrlsIn,
  toSourceState,
} from '../../src/domain/knowledge-source.ts';
import type { SourceCheckout } from '../source-file.ts';
import { openDirectory } from './directory.ts';
import { findGitHead, openGit } from './git.ts';
import type { Credentials } from './git-remote.ts';
import type { HttpOptions } from './http.ts';
import type { ReadPage } from './page-text.ts';

export { openKnowledgeDir } from './directory.ts';
export type { Credentials } from './git-remote.ts';

export interface SourceContext {
  /** Copies are kept in `sources/` of it. Nobody else may write there meanwhile. */
  readonly dataDir: string;
  readonly credentials: (source: KnowledgeSource) => Credentials;
  /** What git inherits of the process's environment (PATH, HOME, proxies, the SSH agent); the rest is not passed on. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How patiently pages are asked for again. */
  readonly http?: Pick<HttpOptions, 'retryDelaysMs'>;
  readonly signal?: AbortSignal | undefined;
  /** Turns pages into Markdown; here, unless somebody else does it. */
  readonly readPage?: ReadPage | undefined;
}

/** A source that does not answer and of which there is no copy: what was published of it stays. */
export interface UnreachableSource {
  readonly name: string;
  readonly location: string;
  readonly problem: string;
}

export function isUnreachable(source: SourceCheckout | UnreachableSource): source is UnreachableSource {
  return !('root' in source);
}

/** Brings a source up to date in a local folder. Throws when that cannot be done and no older copy is there. */
export async function openSource(source: KnowledgeSource, context: SourceContext): Promise<SourceCheckout> {
  if ('git' in source) return openGit(source, context);
  // Loaded when they are needed: what reads web pages is larger than all the rest.
  if ('confluence' in source) return (await import('./confluence.ts')).openConfluence(source, context);
  if ('site' in source) return (await import('./site.ts')).openSite(source, context);
  return openDirectory(source, context.signal);
}

/** All sources, one after another: they share a disk and a network. Only a mistake in the configuration throws. */
export async function openSources(
  sources: readonly KnowledgeSource[],
  context: SourceContext,
): Promise<(SourceCheckout | UnreachableSource)[]> {
  const opened: (SourceCheckout | UnreachableSource)[] = [];
  for (const source of sources) {
    context.signal?.throwIfAborted();
    opened.push(await openOrTell(source, context));
  }
  return opened;
}

/** Where the sources stand now, without reading them. One without `sha` did not answer, or has no commit to tell. */
export function findHeads(sources: readonly KnowledgeSource[], context: SourceContext): Promise<SourceState[]> {
  return Promise.all(sources.map((source) => findHead(source, context)));
}

async function findHead(source: KnowledgeSource, context: SourceContext): Promise<SourceState> {
  if ('git' in source) return findGitHead(source, context);
  if ('directory' in source) return (await openDirectory(source, context.signal)).state;
  return toSourceState(source);
}

async function openOrTell(
  source: KnowledgeSource,
  context: SourceContext,
): Promise<SourceCheckout | UnreachableSource> {
  try {
    return await openSource(source, context);
  } catch (error) {
    context.signal?.throwIfAborted();
    // A folder may be missing because nobody has mounted it; what is refused for its own sake stays refused.
    if (isPrecedentError(error, 'config-invalid') && !('directory' in source)) throw error;
    const { name, location } = toSourceState(source);
    return { name, location, problem: tellUrlsIn(messageOf(error)) };
  }
}
