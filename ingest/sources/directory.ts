import { realpath, stat } from 'node:fs/promises';
import { PrecedentError } from '../../src/domain/errors.ts';
import { type DirectorySource, type KindGlobs, nameOf, type SourceState } from '../../src/domain/knowledge-source.ts';
import type { SourceCheckout } from '../source-file.ts';
import { findGitState } from './git-state.ts';
import { listReadFolders } from './kinds.ts';
import { listTopFolders } from './top-folders.ts';

/** A folder of this machine, read where it is. */
export async function openDirectory(source: DirectorySource, signal?: AbortSignal): Promise<SourceCheckout> {
  const root = await findFolder(source.directory);
  if (root === undefined) {
    const message = `the source directory ${source.directory} is no folder: create it, or mend \`directory\` in precedent.yaml`;
    throw new PrecedentError('config-invalid', message);
  }
  return openFolder(root, source.directory, nameOf(source), source, signal);
}

/** The one folder that is read when no sources are listed. Its paths and ids have no prefix. */
export async function openKnowledgeDir(knowledgeDir: string, signal?: AbortSignal): Promise<SourceCheckout> {
  const root = await findFolder(knowledgeDir);
  if (root === undefined) {
    const message = `the knowledge folder ${knowledgeDir} does not exist or is a file: create it with a runbooks/ folder inside, or point KNOWLEDGE_DIR to the one you have`;
    throw new PrecedentError('knowledge-empty', message);
  }
  return openFolder(root, knowledgeDir, '', {}, signal);
}

async function openFolder(
  root: string,
  location: string,
  name: string,
  globs: KindGlobs,
  signal: AbortSignal | undefined,
): Promise<SourceCheckout> {
  const folders = listReadFolders(globs, await listTopFolders(root));
  const git = await findGitState(root, folders, signal);
  const state: SourceState = { name, kind: 'directory', location, ...git };
  return { name, root, globs, pageKind: undefined, state, problem: undefined };
}

async function findFolder(path: string): Promise<string | undefined> {
  try {
    const root = await realpath(path);
    return (await stat(root)).isDirectory() ? root : undefined;
  } catch {
    return undefined;
  }
}
