import { type HtmlPage, readHtmlPage } from './html.ts';
import { type StoragePage, storageToMarkdown } from './storage-format.ts';

/** A page as its host gives it: HTML of a site, or the storage format of a wiki. */
export type PageText =
  | { readonly format: 'html'; readonly text: string; readonly url: string }
  | { readonly format: 'storage'; readonly text: string; readonly page: StoragePage };

/** A page as Markdown. A megabyte takes ten seconds, so a server has it done in another thread. */
export type ReadPage = (page: PageText) => Promise<HtmlPage>;

/** Where it is called. */
export const readPageHere: ReadPage = async (page) =>
  page.format === 'html'
    ? readHtmlPage(page.text, page.url)
    : { title: undefined, markdown: storageToMarkdown(page.text, page.page), links: [] };
