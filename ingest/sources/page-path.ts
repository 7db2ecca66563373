import { createHash } from 'node:crypto';
import { slugOf } from './pages.ts';

/**
 * The file of a page: its URL's path, so that folders such as `/runbooks/` tell its kind as they do in a repository.
 * `/a`, `/a/` and `/a.html` are one page; an address that cannot be told from its slug has its hash behind it.
 */
export function pagePathOf(url: string): string {
  const { pathname, search } = new URL(url);
  const path = pathname.replace(/\/+$/, '').replace(/\.(?:html?|md)$/i, '');
  const words = path
    .split('/')
    .filter((part) => part !== '')
    .map(decode);
  const slugs = words.map(slugOf);
  const isPlain = search === '' && words.every((word, at) => word.toLowerCase() === slugs[at]);
  const hash = isPlain
    ? ''
    : `-${createHash('sha256')
        .update(path + search)
        .digest('hex')
        .slice(0, 8)}`;
  return `${slugs.join('/') || 'index'}${hash}.md`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
