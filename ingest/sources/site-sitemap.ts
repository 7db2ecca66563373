import { messageOf } from '../../src/domain/errors.ts';
import { tellUrl } from '../../src/domain/knowledge-source.ts';
import { fetchText, type HttpOptions, isSameSite } from './http.ts';
import type { SiteReader } from './site-reader.ts';

const MAX_SITEMAPS = 100;

/** Reads all pages that a sitemap lists, and the sitemaps that it lists in turn. */
export async function crawlSitemap(
  sitemap: string,
  reader: SiteReader,
  isWanted: (url: string) => boolean,
  options: HttpOptions,
): Promise<void> {
  const listed = await listUrls(sitemap, reader, options);
  const urls = listed.filter((url) => isSameSite(url, sitemap));
  const [foreign] = listed.filter((url) => !isSameSite(url, sitemap));
  if (foreign !== undefined) {
    reader.note(
      `${listed.length - urls.length} pages of the sitemap are on another site and are not read (${tellUrl(foreign)})`,
    );
  }
  // What fails is noted by the reader, page by page.
  await Promise.allSettled(urls.filter(isWanted).map((url) => reader.read(url)));
}

async function listUrls(root: string, reader: SiteReader, options: HttpOptions): Promise<string[]> {
  const sitemaps = [root];
  const urls = new Set<string>();
  for (let at = 0; at < Math.min(sitemaps.length, MAX_SITEMAPS); at++) {
    const sitemap = sitemaps[at] ?? root;
    try {
      for (const url of await listEntries(sitemap, options)) {
        if (!isSitemap(url)) urls.add(url);
        else if (!sitemaps.includes(url) && isSameSite(url, root)) sitemaps.push(url);
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (sitemap === root) throw error;
      reader.note(messageOf(error));
    }
  }
  return [...urls];
}

/**
 * LangChain's loader reads the list. The bytes are fetched here, for it would read an error page as an empty sitemap,
 * and so would the pages be, whose HTML it reduces to bare text.
 */
async function listEntries(sitemap: string, options: HttpOptions): Promise<string[]> {
  const { SitemapLoader } = await import('@langchain/community/document_loaders/web/sitemap');
  const { text } = await fetchText(sitemap, options);
  const loader = new SitemapLoader(sitemap);
  Object.assign(loader.caller, { call: async () => ({ text: async () => text }) });
  const entries = await loader.parseSitemap();
  const urls = entries.map(({ loc }) => loc.trim()).filter((url) => URL.canParse(url, sitemap));
  if (urls.length === 0) throw new Error(`${tellUrl(sitemap)} is no sitemap, or an empty one`);
  return urls.map((url) => new URL(url, sitemap).href);
}

export function isSitemap(url: string): boolean {
  return new URL(url).pathname.endsWith('.xml');
}
