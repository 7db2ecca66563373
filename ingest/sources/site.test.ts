import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { SiteSource } from '../../src/domain/knowledge-source.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { createScriptedSite, type SiteAnswer } from '../../src/testing/scripted-site.ts';
import { isUnreachable, openSources, type SourceContext } from './open.ts';

async function open(data: KnowledgeFolder, source: SiteSource) {
  const context: SourceContext = {
    dataDir: data.path,
    credentials: () => ({}),
    environment: {},
    http: { retryDelaysMs: [1] },
  };
  const [opened] = await openSources([{ name: 'docs', ...source }], context);
  if (opened === undefined) throw new Error('one source gives one outcome');
  return opened;
}

async function openWell(data: KnowledgeFolder, source: SiteSource) {
  const opened = await open(data, source);
  if (isUnreachable(opened)) throw new Error(opened.problem);
  return opened;
}

function filesOf(root: string): string[] {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}

const page = (title: string, ...links: string[]) => ({
  body: `<html><head><title>${title} | Docs</title></head><body><nav><a href="/docs/">home</a></nav>
    <main><h1>${title}</h1>${links.map((link) => `<p><a href="${link}">${link}</a></p>`).join('')}</main></body></html>`,
});

const xml = (root: string, entry: string, urls: readonly string[]): SiteAnswer => ({
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0"?><${root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls
    .map((url) => `<${entry}><loc>\n${url}\n</loc><lastmod>2026-01-02</lastmod></${entry}>`)
    .join('')}</${root}>`,
});

describe('a documentation site whose links are followed', () => {
  const PAGES: Readonly<Record<string, SiteAnswer>> = {
    '/docs': { status: 301, headers: { location: '/docs/' } },
    '/docs/': page('Start', 'runbooks/', 'about.html#team', '/blog/', 'http://elsewhere.example.com/', '?sort=name'),
    '/docs/runbooks/': page('Runbooks', 'web', 'db/', 'gone', '../logo.png'),
    '/docs/runbooks/web': page('Web', 'web#meaning', '//elsewhere.example.com/x'),
    '/docs/runbooks/db/': page('Db', 'deeper/'),
    '/docs/runbooks/db/deeper/': page('Deeper', 'deepest/'),
    '/docs/runbooks/db/deeper/deepest/': page('Deepest'),
    '/docs/about.html': page('About'),
    '/blog/': page('Blog'),
  };
  const ALL = ['docs.md', 'docs/about.md', 'docs/runbooks.md', 'docs/runbooks/db.md', 'docs/runbooks/web.md'];

  it('is every page below the first one, each read once, also at a private address', async () => {
    await using site = await createScriptedSite((path) => PAGES[path]);
    await using data = await createKnowledgeFolder();
    const checkout = await openWell(data, { site: `${site.url}/docs/`, maxDepth: 2, kind: 'runbook' });
    expect(checkout).toMatchObject({ name: 'docs', pageKind: 'runbook', problem: undefined });
    expect(filesOf(checkout.root)).toEqual(ALL);
    const asked = site.requests.map(({ path }) => path);
    expect(asked).toHaveLength(new Set(asked).size);
    expect(asked).not.toContain('/docs/runbooks/db/deeper/');
    expect(readFileSync(join(checkout.root, 'docs/runbooks/web.md'), 'utf8')).toBe(
      [
        '---',
        'title: Web',
        `source: ${site.url}/docs/runbooks/web`,
        '---',
        '',
        '# Web',
        '',
        `[web#meaning](${site.url}/docs/runbooks/web#meaning)`,
        '',
        '[//elsewhere.example.com/x](http://elsewhere.example.com/x)',
        '',
      ].join('\n'),
    );
  });

  it('goes as deep as it is told to, however slow the pages are', async () => {
    for (const slow of ['/docs/runbooks/', '/docs/about.html', '/docs/runbooks/web']) {
      await using site = await createScriptedSite(async (path) => {
        if (path === slow) await sleep(50);
        return PAGES[path];
      });
      await using data = await createKnowledgeFolder();
      const { root } = await openWell(data, { site: `${site.url}/docs`, maxDepth: 3 });
      expect(filesOf(root)).toEqual([...ALL, 'docs/runbooks/db/deeper.md'].sort());
    }
  });

  it('reads only the pages that are included', async () => {
    await using site = await createScriptedSite((path) => PAGES[path]);
    await using data = await createKnowledgeFolder();
    const { root } = await openWell(data, { site: `${site.url}/docs/`, maxDepth: 2, include: ['/docs/runbooks/**'] });
    expect(filesOf(root)).toEqual(['docs/runbooks.md', 'docs/runbooks/db.md', 'docs/runbooks/web.md']);
  });

  it('keeps what a failing page hides, and gives up what is gone', async () => {
    let broken: Readonly<Record<string, SiteAnswer>> = {};
    await using site = await createScriptedSite((path) => broken[path] ?? PAGES[path]);
    await using data = await createKnowledgeFolder();
    const source = { site: `${site.url}/docs/`, maxDepth: 2 };
    await openWell(data, source);
    broken = { '/docs/runbooks/': { status: 500 }, '/docs/about.html': { status: 404 } };
    const later = await openWell(data, source);
    expect(filesOf(later.root)).toEqual(ALL.filter((path) => path !== 'docs/about.md'));
    expect(later.problem).toContain('/docs/runbooks/ answered HTTP 500');
    broken = { '/docs/': { status: 502 } };
    expect(await openWell(data, source)).toMatchObject({ state: later.state, problem: expect.stringContaining('502') });
  });

  it('asks for no more than four pages at once', async () => {
    const links = Array.from({ length: 30 }, (_, at) => `p${at}`);
    await using site = await createScriptedSite(async (path) => {
      await sleep(5);
      return path === '/' ? page('Start', ...links) : path.startsWith('/p') ? page(path) : undefined;
    });
    await using data = await createKnowledgeFolder();
    expect(filesOf((await openWell(data, { site: `${site.url}/` })).root)).toHaveLength(31);
    expect(site.mostAtOnce()).toBe(4);
  });

  it('is not there when its first page is not', async () => {
    await using site = await createScriptedSite(() => ({ status: 404 }));
    await using data = await createKnowledgeFolder();
    expect(await open(data, { site: site.url })).toMatchObject({ problem: expect.stringContaining('HTTP 404') });
    expect(await open(data, { site: 'http://127.0.0.1:1/' })).toMatchObject({
      problem: expect.stringContaining('does not answer'),
    });
    const withSecrets = await open(data, { site: 'http://me:s3@cret@127.0.0.1:1/?private_token=s3cret' });
    expect(JSON.stringify(withSecrets)).not.toMatch(/s3|cret/);
  });
});

describe('a documentation site with a sitemap', () => {
  it('is every page that the sitemap and its sitemaps list', async () => {
    const answers = (base: string): Readonly<Record<string, SiteAnswer>> => ({
      '/sitemap.xml': xml('sitemapindex', 'sitemap', [`${base}/runbooks.xml`, `${base}/broken.xml`]),
      '/runbooks.xml': xml('urlset', 'url', [
        `${base}/runbooks/web/`,
        `${base}/runbooks/page?id=1&amp;x=2`,
        `${base}/blog/1`,
        `${base}/runbooks/notes.md`,
        `${base}/runbooks/plan.pdf`,
        `${base}/runbooks/gone`,
        'https://elsewhere.example.com/runbooks/x',
      ]),
      '/runbooks/web/': page('Web'),
      '/runbooks/page?id=1&x=2': page('Page'),
      '/runbooks/notes.md': { headers: { 'content-type': 'text/markdown' }, body: '# Notes\n\nPlain.' },
      '/runbooks/plan.pdf': { headers: { 'content-type': 'application/pdf' }, body: '%PDF' },
      '/blog/1': page('Blog'),
      '/broken.xml': { status: 500 },
    });
    await using site = await createScriptedSite((path): SiteAnswer | undefined => answers(site.url)[path]);
    await using data = await createKnowledgeFolder();
    const source = { site: `${site.url}/sitemap.xml`, include: ['runbooks/**'] };
    const { root, problem } = await openWell(data, source);
    expect(filesOf(root)).toEqual([
      'runbooks/notes.md',
      expect.stringMatching(/^runbooks\/page-[0-9a-f]{8}\.md$/),
      'runbooks/web.md',
    ]);
    expect(problem).toContain('broken.xml answered HTTP 500');
    expect(problem).toContain('1 pages of the sitemap are on another site');
  });

  it('is not taken from an error page', async () => {
    await using site = await createScriptedSite(() => ({ body: '<html><p>Please log in</p></html>' }));
    await using data = await createKnowledgeFolder();
    expect(await open(data, { site: `${site.url}/sitemap.xml` })).toMatchObject({
      problem: expect.stringContaining('is no sitemap, or an empty one'),
    });
  });
});
