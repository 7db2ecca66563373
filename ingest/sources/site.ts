import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import picomatch from 'picomatch';
import { messageOf } from '../../src/domain/errors.ts';
import { nameOf, type SiteSource, tellUrl, toSourceState } from '../../src/domain/knowledge-source.ts';
import type { SourceCheckout } from '../source-file.ts';
import { copyOf, recoverFolder, replaceFolder } from './local-copy.ts';
import type { SourceContext } from './open.ts';
import { copyPage, hashPages, listPages, writePage } from './pages.ts';
import { crawlLinks } from './site-links.ts';
import { createSiteReader, type SiteReader } from './site-reader.ts';
import { crawlSitemap, isSitemap } from './site-sitemap.ts';

/**
 * The pages of a documentation site as Markdown files, found by its sitemap or by following links. A page that does not
 * answer keeps its older copy; one that is gone goes.
 */
export async function openSite(source: SiteSource, context: SourceContext): Promise<SourceCheckout> {
  const copy = copyOf(context.dataDir, nameOf(source), [source.site, ...(source.include ?? [])].join(' '));
  await recoverFolder(copy);
  let problem: string | undefined;
  try {
    await replaceFolder(copy, async (fresh) => {
      problem = await fetchSite(source, copy, fresh, context);
    });
  } catch (error) {
    context.signal?.throwIfAborted();
    problem = `${tellUrl(source.site)} could not be read: ${messageOf(error)}`;
    if (!existsSync(copy)) throw new Error(problem);
  }
  return {
    name: nameOf(source),
    root: await realpath(copy),
    globs: {},
    pageKind: source.kind,
    state: { ...toSourceState(source), sha: await hashPages(copy) },
    problem,
  };
}

/** Fills `fresh` and says what is not as new as it should be. */
async function fetchSite(
  source: SiteSource,
  copy: string,
  fresh: string,
  context: SourceContext,
): Promise<string | undefined> {
  const options = { ...context.http, signal: context.signal };
  const isWanted = createFilter(source.include);
  const reader = createSiteReader(
    options,
    async (page) => {
      if (isWanted(page.url)) await writePage(fresh, page);
    },
    context.readPage,
  );
  if (isSitemap(source.site)) await crawlSitemap(source.site, reader, isWanted, options);
  else await crawlLinks(source.site, reader, source.maxDepth);
  context.signal?.throwIfAborted();
  if (reader.problems.length > 0) await keepOlderPages(reader, copy, fresh);
  if ((await listPages(fresh)).length === 0) {
    throw new Error(reader.problems[0] ?? 'it has no page that could be used: mend `site` or `include`');
  }
  return summarise(reader.problems);
}

/** A page that fails hides the pages it links to, so nothing that is not known to be gone is given up. */
async function keepOlderPages(reader: SiteReader, copy: string, fresh: string): Promise<void> {
  const read = new Set(await listPages(fresh));
  for (const path of await listPages(copy)) {
    if (!read.has(path) && !reader.gone.has(path)) await copyPage(copy, fresh, path);
  }
}

function createFilter(globs: readonly string[] | undefined): (url: string) => boolean {
  if (globs === undefined) return () => true;
  const matches = picomatch(globs.map((glob) => glob.replace(/^\/+/, '')));
  return (url) => matches(new URL(url).pathname.replace(/^\/+|\/+$/g, ''));
}

function summarise(problems: readonly string[]): string | undefined {
  if (problems.length === 0) return undefined;
  const told = problems.slice(0, 5).join('; ');
  return problems.length > 5 ? `${told}; and ${problems.length - 5} more` : told;
}
