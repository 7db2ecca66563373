import { messageOf } from '../../src/domain/errors.ts';
import { tellUrl } from '../../src/domain/knowledge-source.ts';
import { type HtmlPage, oneLine } from './html.ts';
import { fetchText, type HttpAnswer, HttpFailure, type HttpOptions } from './http.ts';
import { pagePathOf } from './page-path.ts';
import { createQueue } from './page-queue.ts';
import { type ReadPage, readPageHere } from './page-text.ts';
import type { Page } from './pages.ts';

/** A page as the walk sees it; its text has been handed on. */
export interface SeenPage {
  /** After redirects. */
  readonly url: string;
  readonly links: readonly string[];
}

/** Reads each page of a site once, a few at a time, and remembers what went wrong. */
export interface SiteReader {
  /** Throws when the page cannot be read, which is noted as well. */
  read(url: string): Promise<SeenPage>;
  /** Something that may still be there was not read: whoever compares must not take it for deleted. */
  note(problem: string): void;
  readonly problems: readonly string[];
  /** Files of pages that are not there any more. */
  readonly gone: ReadonlySet<string>;
}

const MAX_PAGES = 2_000;
const MAX_RUNNING = 4;

const HTML = new Set(['text/html', 'application/xhtml+xml']);
const MARKDOWN = new Set(['text/markdown', 'text/x-markdown', 'text/plain']);

export function createSiteReader(
  options: HttpOptions,
  onPage: (page: Page) => Promise<void>,
  readPage: ReadPage = readPageHere,
): SiteReader {
  const pages = new Map<string, Promise<SeenPage>>();
  const written = new Set<string>();
  const problems: string[] = [];
  const gone = new Set<string>();
  const queue = createQueue(MAX_RUNNING);

  const readNow = async (url: string): Promise<SeenPage> => {
    try {
      const answer = await fetchText(url, options);
      const page = await readAnswer(answer, readPage);
      const path = pagePathOf(answer.url);
      if (page !== undefined && !written.has(path)) {
        written.add(path);
        await onPage({ path, url: answer.url, title: page.title, markdown: page.markdown });
      }
      return { url: answer.url, links: page?.links ?? [] };
    } catch (error) {
      if (error instanceof HttpFailure && error.isGone) gone.add(pagePathOf(url));
      else if (error instanceof HttpFailure) problems.push(error.message);
      else problems.push(`${tellUrl(url)} could not be turned into Markdown: ${messageOf(error)}`);
      throw error;
    }
  };

  return {
    problems,
    gone,
    note: (problem) => void problems.push(problem),
    read(url) {
      const key = pagePathOf(url);
      const known = pages.get(key);
      if (known !== undefined) return known;
      if (pages.size >= MAX_PAGES) {
        const message = `it has more than ${MAX_PAGES} pages: read less with \`include\` or a smaller \`maxDepth\``;
        if (!problems.includes(message)) problems.push(message);
        return Promise.reject(new Error(message));
      }
      const reading = queue(() => readNow(url));
      pages.set(key, reading);
      return reading;
    },
  };
}

/** Undefined for what is no text, such as a PDF. */
async function readAnswer({ url, contentType, text }: HttpAnswer, readPage: ReadPage): Promise<HtmlPage | undefined> {
  if (HTML.has(contentType)) return readPage({ format: 'html', text, url });
  if (!MARKDOWN.has(contentType)) return undefined;
  const heading = /^# (.+)$/m.exec(text)?.[1];
  return { title: heading === undefined ? undefined : oneLine(heading), markdown: text, links: [] };
}
