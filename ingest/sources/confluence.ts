import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { messageOf } from '../../src/domain/errors.ts';
import { type ConfluenceSource, nameOf, tellUrl, toSourceState } from '../../src/domain/knowledge-source.ts';
import type { SourceCheckout } from '../source-file.ts';
import type { Credentials } from './git-remote.ts';
import { fetchText, HttpFailure } from './http.ts';
import { copyOf, recoverFolder, replaceFolder } from './local-copy.ts';
import type { SourceContext } from './open.ts';
import { type ReadPage, readPageHere } from './page-text.ts';
import { hashPages, type Page, slugOf, writePage } from './pages.ts';

/** With their text; Confluence itself allows 50. */
const PAGES_PER_REQUEST = 25;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_PAGE_LENGTH = 1024 * 1024;
const TIMEOUT_MS = 60_000;

/** What is used of an answer of `/rest/api/content`. */
const StoredPage = z.object({
  id: z.string(),
  title: z.string(),
  body: z.object({ storage: z.object({ value: z.string() }) }),
  version: z.object({ when: z.string().optional() }).optional(),
  _links: z.object({ webui: z.string().optional() }).optional(),
});
type StoredPage = z.infer<typeof StoredPage>;
const Answer = z.object({ results: z.array(StoredPage), size: z.int().min(0) });

/** All pages of a space as Markdown files. They replace the copy only when every one of them has come. */
export async function openConfluence(source: ConfluenceSource, context: SourceContext): Promise<SourceCheckout> {
  const baseUrl = source.confluence.replace(/\/+$/, '');
  const location = `${baseUrl}/spaces/${source.space}`;
  const copy = copyOf(context.dataDir, nameOf(source), location);
  await recoverFolder(copy);
  let problem: string | undefined;
  try {
    await replaceFolder(copy, async (fresh) => {
      problem = await fetchSpace(source, baseUrl, fresh, context);
    });
  } catch (error) {
    context.signal?.throwIfAborted();
    problem = `${tellUrl(location)} could not be read: ${explain(error)}`;
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

/** Fills `folder` and says what could not be used. */
async function fetchSpace(
  source: ConfluenceSource,
  baseUrl: string,
  folder: string,
  context: SourceContext,
): Promise<string | undefined> {
  const problems: string[] = [];
  const loader = await createLoader(source, baseUrl, context, async (stored) => {
    try {
      await writePage(folder, await toPage(stored, source.space, baseUrl, context.readPage ?? readPageHere));
    } catch (error) {
      problems.push(`the page ${stored.title} (${stored.id}) is left out: ${messageOf(error)}`);
    }
    await nextTurn();
  });
  await loader.load();
  if (loader.failure !== undefined) throw loader.failure;
  if (loader.pages === 0) throw new Error('it has no pages, or none that this account may see');
  return problems.length === 0 ? undefined : problems.slice(0, 5).join('; ');
}

/**
 * LangChain's loader walks the space. Its own way of fetching and of turning pages into text are not used: it answers
 * every failure with an empty list, as if all pages were deleted, tries again at once and without end in sight of an
 * abort, and drops headings. So the pages are taken where they arrive.
 */
async function createLoader(
  source: ConfluenceSource,
  baseUrl: string,
  context: SourceContext,
  onPage: (page: StoredPage) => Promise<void>,
) {
  const { ConfluencePagesLoader } = await import('@langchain/community/document_loaders/web/confluence');
  const headers = { Accept: 'application/json', ...authorise(context.credentials(source)) };
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_ANSWER_BYTES };
  const options = { ...context.http, ...limits, signal: context.signal };
  class SpaceLoader extends ConfluencePagesLoader {
    failure: unknown;
    pages = 0;

    protected override async fetchConfluenceData(url: string) {
      // After a failure the loader's empty end keeps it from writing the failure to the console.
      const end = { size: 0, results: [] };
      try {
        const { text } = await fetchText(url, { ...options, headers });
        const { results, size } = Answer.parse(JSON.parse(text));
        for (const page of results) await onPage(page);
        this.pages += results.length;
        // The pages are on disk by now, so the loader need not gather them.
        return { size, results: [] };
      } catch (error) {
        this.failure = error;
        return end;
      }
    }
  }
  const spaceKey = encodeURIComponent(source.space);
  return new SpaceLoader({ baseUrl, spaceKey, limit: PAGES_PER_REQUEST, expand: 'body.storage,version' });
}

/** Cloud asks for e-mail and API token, Data Center for a personal access token alone. */
function authorise({ username, token }: Credentials): Record<string, string> {
  if (!token) return {};
  if (!username) return { Authorization: `Bearer ${token}` };
  return { Authorization: `Basic ${Buffer.from(`${username}:${token}`).toString('base64')}` };
}

async function toPage(stored: StoredPage, space: string, baseUrl: string, readPage: ReadPage): Promise<Page> {
  const { id, title, body } = stored;
  const webui = stored._links?.webui;
  if (body.storage.value.length > MAX_PAGE_LENGTH) throw new Error('it is larger than 1 MB, split it by topic');
  const text = body.storage.value;
  const { markdown } = await readPage({ format: 'storage', text, page: { id, space, baseUrl } });
  return {
    path: `${slugOf(title)}-${slugOf(id)}.md`,
    title,
    url: webui === undefined ? `${baseUrl}/spaces/${space}/pages/${id}` : `${baseUrl}${webui}`,
    updated: stored.version?.when,
    markdown,
  };
}

function explain(error: unknown): string {
  const status = error instanceof HttpFailure ? error.status : undefined;
  if (status === 401 || status === 403) {
    return `HTTP ${status}, its \`usernameEnv\` and \`tokenEnv\` in precedent.yaml are missing or refused`;
  }
  if (status === 404)
    return 'HTTP 404, mend `confluence` in precedent.yaml (Confluence Cloud ends in `/wiki`) or `space`';
  if (error instanceof SyntaxError || error instanceof z.ZodError)
    return 'the answer is not that of a Confluence REST API';
  return messageOf(error);
}
