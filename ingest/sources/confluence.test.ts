import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder, type KnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { createScriptedSite, type ScriptedSite, type SiteAnswer } from '../../src/testing/scripted-site.ts';
import type { Credentials } from './open.ts';
import { isUnreachable, openSource, openSources, type SourceContext } from './open.ts';

interface WikiPage {
  readonly id: string;
  readonly title: string;
  readonly storage: string;
}

const PAGES: readonly WikiPage[] = [
  { id: '101', title: 'Web: high latency', storage: '<h2>Meaning</h2><p>The web tier is slow.</p>' },
  { id: '102', title: 'Größe der DB', storage: '<h2>Mitigation</h2><ol><li>Restart <code>db</code></li></ol>' },
  { id: '103', title: 'Checkout down', storage: '<h2>Impact</h2><p>Nobody can pay.</p>' },
];

/** An answer in the form that Confluence gives: https://developer.atlassian.com/server/confluence/confluence-rest-api-examples/ */
function answerContent(path: string, pages: readonly WikiPage[], perPage = 2): SiteAnswer {
  const start = Number(new URL(path, 'http://x').searchParams.get('start'));
  const results = pages.slice(start, start + perPage).map(({ id, title, storage }) => ({
    id,
    type: 'page',
    status: 'current',
    title,
    body: {
      storage: { value: storage, representation: 'storage', _expandable: { content: `/rest/api/content/${id}` } },
    },
    version: { by: { type: 'known', displayName: 'A' }, when: '2026-01-02T03:04:05.000Z', number: 3, minorEdit: false },
    extensions: { position: 'none' },
    _links: { webui: `/spaces/OPS/pages/${id}`, self: `http://wiki.example.com/rest/api/content/${id}` },
    _expandable: { ancestors: '' },
  }));
  const body = { results, start, limit: perPage, size: results.length, _links: { base: 'http://wiki.example.com' } };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

async function open(site: ScriptedSite, data: KnowledgeFolder, credentials: Credentials = {}) {
  const context: SourceContext = {
    dataDir: data.path,
    credentials: () => credentials,
    environment: {},
    http: { retryDelaysMs: [1, 1] },
  };
  const source = { confluence: `${site.url}/wiki/`, space: 'OPS', kind: 'runbook' as const };
  const [opened] = await openSources([source], context);
  if (opened === undefined) throw new Error('one source gives one outcome');
  return opened;
}

async function openWell(...args: Parameters<typeof open>) {
  const opened = await open(...args);
  if (isUnreachable(opened)) throw new Error(opened.problem);
  return opened;
}

const filesOf = (root: string) => readdirSync(root).sort();

describe('a Confluence space as a source', () => {
  it('is one Markdown file for each page, which says where the page is', async () => {
    await using site = await createScriptedSite((path) => answerContent(path, PAGES));
    await using data = await createKnowledgeFolder();
    const checkout = await openWell(site, data, { username: 'me@example.com', token: 's3cret' });
    expect(checkout).toMatchObject({ name: 'OPS', pageKind: 'runbook', problem: undefined });
    expect(checkout.state).toMatchObject({ kind: 'confluence', sha: expect.stringMatching(/^[0-9a-f]{40}$/) });
    expect(filesOf(checkout.root)).toEqual(['checkout-down-103.md', 'größe-der-db-102.md', 'web-high-latency-101.md']);
    expect(readFileSync(join(checkout.root, 'web-high-latency-101.md'), 'utf8')).toBe(
      [
        '---',
        '"title": "Web: high latency"'.replaceAll('"title"', 'title'),
        `source: ${site.url}/wiki/spaces/OPS/pages/101`,
        'updated: 2026-01-02T03:04:05.000Z',
        '---',
        '',
        '## Meaning',
        '',
        'The web tier is slow.',
        '',
      ].join('\n'),
    );
    const basic = `Basic ${Buffer.from('me@example.com:s3cret').toString('base64')}`;
    expect(site.requests.map(({ path, headers }) => [path.split('?')[0], headers.authorization])).toEqual(
      Array(3).fill(['/wiki/rest/api/content', basic]),
    );
  });

  it('sends a token without a user as a personal access token', async () => {
    await using site = await createScriptedSite((path) => answerContent(path, PAGES));
    await using data = await createKnowledgeFolder();
    await open(site, data, { token: 's3cret' });
    expect(site.requests[0]?.headers.authorization).toBe('Bearer s3cret');
  });

  it('follows renamed, changed and deleted pages, and stays the same when nothing changed', async () => {
    let pages = PAGES;
    await using site = await createScriptedSite((path) => answerContent(path, pages));
    await using data = await createKnowledgeFolder();
    const first = await openWell(site, data);
    expect((await openWell(site, data)).state).toEqual(first.state);
    pages = [{ id: '101', title: 'Web is slow', storage: '<p>x</p>' }];
    const second = await openWell(site, data);
    expect(filesOf(second.root)).toEqual(['web-is-slow-101.md']);
    expect(second.state.sha).not.toBe(first.state.sha);
  });

  it('asks again when Confluence is busy, and then goes on', async () => {
    const failures: SiteAnswer[] = [{ status: 429, headers: { 'retry-after': '0' } }, { status: 500 }];
    await using site = await createScriptedSite((path) => failures.shift() ?? answerContent(path, PAGES));
    await using data = await createKnowledgeFolder();
    expect((await openWell(site, data)).problem).toBeUndefined();
    expect(site.requests).toHaveLength(5);
  });

  it.each([
    ['refuses the credentials', () => ({ status: 401 }), /HTTP 401.*usernameEnv/],
    ['breaks on the second request', (path: string) => (path.includes('start=2') ? { status: 503 } : undefined), /503/],
    ['has no such path', () => ({ status: 404 }), /HTTP 404.*`\/wiki`/],
    ['sends to a login page', () => ({ body: '<html>' }), /not that of a Confluence REST API/],
    ['sends elsewhere', () => ({ status: 302, headers: { location: 'http://elsewhere.example.com' } }), /another site/],
    ['shows an empty space', (path: string) => answerContent(path, []), /no pages/],
  ] satisfies [string, (path: string) => SiteAnswer | undefined, RegExp][])(
    'keeps the older copy when Confluence %s',
    async (_what, fail, problem) => {
      let isBroken = true;
      await using site = await createScriptedSite(
        (path) => (isBroken ? fail(path) : undefined) ?? answerContent(path, PAGES),
      );
      await using data = await createKnowledgeFolder();
      expect(await open(site, data)).toEqual({
        name: 'OPS',
        location: `${site.url}/wiki/`,
        problem: expect.stringMatching(problem),
      });
      isBroken = false;
      const { state } = await openWell(site, data);
      isBroken = true;
      const later = await openWell(site, data);
      expect(later).toMatchObject({ state, problem: expect.stringMatching(problem) });
      expect(filesOf(later.root)).toHaveLength(3);
      expect(readdirSync(join(data.path, 'sources'))).toHaveLength(1);
    },
  );

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    await using site = await createScriptedSite(() => {
      stop.abort(new Error('enough'));
      return { status: 500 };
    });
    await using data = await createKnowledgeFolder();
    const context = { dataDir: data.path, credentials: () => ({}), environment: {}, signal: stop.signal };
    await expect(openSource({ confluence: site.url, space: 'OPS' }, context)).rejects.toThrow('enough');
    expect(site.requests).toHaveLength(1);
  });
});
