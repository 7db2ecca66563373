import { isSameSite } from './http.ts';
import type { SeenPage, SiteReader } from './site-reader.ts';

const DEFAULT_DEPTH = 3;
const NO_PAGE = /\.(?:css|js|mjs|json|xml|ico|png|jpe?g|gif|svg|webp|woff2?|ttf|pdf|zip|gz|tgz|mp4|webm)$/i;

/**
 * Follows the links from a first page to all pages below it. LangChain's loader walks; what it walks on is replaced,
 * because its own way of fetching refuses private addresses (where internal documentation lives: this site was named by
 * the operator, and no other is asked), takes a page that fails for one without links, opens 64 connections, and
 * follows an address only when it ends in a slash.
 */
export async function crawlLinks(start: string, reader: SiteReader, maxDepth = DEFAULT_DEPTH): Promise<void> {
  const { RecursiveUrlLoader } = await import('@langchain/community/document_loaders/web/recursive_url');
  const first = await reader.read(start);
  const isBelow = createFilter(first.url);
  // The loader knows each page by its address with a slash behind; here is the address itself.
  const addresses = new Map([[withSlash(first.url), start]]);
  const seen = new Map<string, SeenPage>();
  const loader = new RecursiveUrlLoader(withSlash(first.url), { maxDepth, extractor: () => '' });
  Object.assign(loader, {
    async fetchWithTimeout(key: string) {
      seen.set(key, await reader.read(addresses.get(key) ?? key));
      return { text: async () => '' };
    },
    getChildLinks(_html: string, key: string): string[] {
      const links = seen.get(key)?.links.map(withoutFragment).filter(isBelow) ?? [];
      for (const link of links) if (!addresses.has(withSlash(link))) addresses.set(withSlash(link), link);
      return [...new Set(links.map(withSlash))];
    },
    extractMetadata: () => ({}),
  });
  await loader.load();
}

/** Addresses with a query are not followed: a calendar or a sorted list has no end. */
function createFilter(home: string): (link: string) => boolean {
  const { pathname } = new URL(home);
  const last = pathname.split('/').at(-1) ?? '';
  const folder = last.includes('.') ? pathname.slice(0, -last.length) : pathname.replace(/\/*$/, '/');
  return (link) => {
    if (!/^https?:/.test(link) || !isSameSite(link, home)) return false;
    const { pathname: path, search } = new URL(link);
    return search === '' && `${path}/`.startsWith(folder) && !NO_PAGE.test(path);
  };
}

function withoutFragment(url: string): string {
  return url.split('#', 1)[0] ?? url;
}

function withSlash(url: string): string {
  return withoutFragment(url).replace(/\/*$/, '/');
}
