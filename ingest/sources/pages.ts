import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { stringify } from 'yaml';

/** A page that was fetched, as the Markdown file it becomes. */
export interface Page {
  /** Under the copy's folder, with `/` separators and `.md`. */
  readonly path: string;
  readonly title: string | undefined;
  /** Where people read it. */
  readonly url: string;
  /** When it was last changed, where the source knows. */
  readonly updated?: string | undefined;
  readonly markdown: string;
}

export async function writePage(folder: string, page: Page): Promise<void> {
  const file = join(folder, page.path);
  await mkdir(dirname(file), { recursive: true });
  const { title, url, updated } = page;
  const front = { ...(title ? { title } : {}), source: url, ...(updated ? { updated } : {}) };
  await writeFile(file, `---\n${stringify(front, { lineWidth: 0 })}---\n\n${page.markdown.trim()}\n`);
}

/** Paths of all pages of a copy, in order; none when there is no copy. */
export async function listPages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

export async function copyPage(from: string, to: string, path: string): Promise<void> {
  await mkdir(dirname(join(to, path)), { recursive: true });
  await copyFile(join(from, path), join(to, path));
}

/** One hash over all pages: what a commit is to a repository. */
export async function hashPages(folder: string): Promise<string> {
  const hash = createHash('sha1');
  for (const path of await listPages(folder)) {
    const bytes = await readFile(join(folder, path));
    hash.update(`${path}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** A title or a part of an address as a file name: words of letters and digits of any script, short enough for any disk. */
export function slugOf(text: string): string {
  const words = text.normalize('NFKC').match(/[\p{L}\p{N}_]+/gu) ?? [];
  return words.join('-').toLowerCase().slice(0, 60).replace(/-$/, '') || 'page';
}
