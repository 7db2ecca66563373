import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { NewPlace } from './new-place.ts';
import type { Answers, NewKind } from './new-templates.ts';

/** `<service>/<AlertName>.md`, or `<yyyy>/<yyyy-mm-dd>-<title>.md`. */
export function fileNameFor(kind: NewKind, { alerts, services, title, date }: Answers): string {
  if (kind === 'incident') return `${date.slice(0, 4)}/${date}-${toFileName(title.toLowerCase(), '--title')}.md`;
  return `${toFileName(services[0] ?? '', '--service')}/${toFileName(alerts[0] ?? '', '--alert')}.md`;
}

const MAX_NAME = 80;

/** One name inside one folder, whatever was typed: no separator survives, nor a dot at the start. */
function toFileName(text: string, flag: string): string {
  const name = text
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}_.]+/gu, '-')
    .slice(0, MAX_NAME)
    .replace(/^[-.]+/, '')
    .replace(/[-.]$/, '');
  if (name !== '') return name;
  throw new PrecedentError('input-invalid', `${flag}: ${JSON.stringify(text)} leaves nothing to name a file by`);
}

/** Writes the file, unless there is one that must stay; returns its path. */
export async function writeNewFile(
  { root, folder }: NewPlace,
  name: string,
  text: string,
  { mayReplace = false }: { readonly mayReplace?: boolean } = {},
): Promise<string> {
  const path = resolve(root, folder, name);
  try {
    await mkdir(resolve(root), { recursive: true });
    await assertInside(root, dirname(path));
    await mkdir(dirname(path), { recursive: true });
    // Were it a link, the link goes, not what it leads to.
    if (mayReplace) await rm(path, { force: true });
    await writeFile(path, text, { flag: 'wx' });
    return path;
  } catch (error) {
    if (error instanceof PrecedentError) throw error;
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = isThere
      ? 'exists already: edit it, or choose another name'
      : `cannot be written: ${messageOf(error)}`;
    throw new PrecedentError('input-invalid', `${path} ${reason}`, { cause: error });
  }
}

/** A folder on the way may be a link that leads out of the knowledge. */
async function assertInside(root: string, folder: string): Promise<void> {
  const inside = relative(await realpath(root), await realpathOfExisting(folder));
  if (inside.split(sep)[0] !== '..') return;
  throw new PrecedentError('input-invalid', `${folder} leads out of the knowledge folder ${root}`);
}

async function realpathOfExisting(folder: string): Promise<string> {
  try {
    return await realpath(folder);
  } catch {
    const above = dirname(folder);
    return above === folder ? folder : join(await realpathOfExisting(above), relative(above, folder));
  }
}
