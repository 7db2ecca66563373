import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument, SectionRole } from '../../src/domain/document.ts';
import { createKnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { decodeText } from '../decode.ts';
import { readSources } from '../read.ts';
import { isUnread } from '../source-file.ts';
import { openKnowledgeDir } from '../sources/open.ts';
import { type ParsedProse, parseProse } from './parse.ts';

const PROJECT = join(import.meta.dirname, '../..');
const DATA = join(PROJECT, '../shared/data');

interface Row {
  readonly id: string;
  readonly path: string;
  readonly markdown: string;
}

type Parsed = ParsedProse & { readonly path: string };

/** Every page of the folder; topologies are read elsewhere. */
async function parseAll(knowledgeDir: string): Promise<Parsed[]> {
  const parsed: Parsed[] = [];
  for await (const file of readSources([await openKnowledgeDir(knowledgeDir)])) {
    if (isUnread(file)) throw new Error(`${file.path} was not read: ${file.reason}`);
    if (file.kind === 'topology') continue;
    const { bytes, ...rest } = file;
    parsed.push({ path: file.path, ...parseProse({ ...rest, ...decodeText(bytes, file.path)! }) });
  }
  return parsed;
}

function rowsOf(corpus: string): Row[] {
  return readFileSync(join(DATA, corpus), 'utf8')
    .trim()
    .split('\n')
    .map((line): Row => JSON.parse(line));
}

/** The corpus as its authors' repository: the folders that it came from, every page as Markdown. */
async function parseCorpus(corpus: string, folder?: string): Promise<Parsed[]> {
  const rows = rowsOf(corpus);
  const files = rows.map(({ id, path, markdown }) => [
    folder === undefined ? path.replace(/\.adoc$/, '.md') : `${folder}/${id}.md`,
    markdown,
  ]);
  await using knowledge = await createKnowledgeFolder(Object.fromEntries(files));
  const parsed = await parseAll(knowledge.path);
  expect(parsed).toHaveLength(rows.length);
  return parsed;
}

function documentsOf(parsed: readonly Parsed[]): KnowledgeDocument[] {
  return parsed.flatMap((file) => file.documents);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function shareWith(documents: readonly KnowledgeDocument[], groups: readonly (readonly SectionRole[])[]): number {
  const has = (document: KnowledgeDocument, roles: readonly SectionRole[]) =>
    document.sections.some((section) => roles.includes(section.role));
  return documents.filter((document) => groups.every((roles) => has(document, roles))).length / documents.length;
}

/** Which of the four sections a page has, found without the parser: a heading, and below it more than headings. */
function writtenRoles(markdown: string): SectionRole[] {
  return (['meaning', 'impact', 'diagnosis', 'mitigation'] as const).filter((role) => {
    const [, below = ''] = markdown.split(new RegExp(`^## ${role}[ \\t]*$`, 'im'));
    const own = below.split(/^## /m)[0] ?? '';
    return own.split('\n').some((line) => line.trim() !== '' && !line.startsWith('#'));
  });
}

const SETS = ['prometheus-operator', 'promscale', 'cnpg', 'threescale'];

describe.skipIf(!existsSync(DATA))(
  'files that were never written for Precedent (skipped where ../shared/data is not)',
  () => {
    it.each(SETS)('%s: every page is a runbook, or introduces its folder', async (set) => {
      const parsed = await parseCorpus(`alert-to-runbook/${set}/corpus.jsonl`);
      const others = parsed.filter(({ documents }) => documents.some(({ kind }) => kind !== 'runbook'));
      expect(others.map(({ path }) => path)).toEqual([]);
      const unread = parsed.flatMap(({ path, unread }) => (unread ? [[path, unread.status, unread.reason]] : []));
      expect(unread.filter(([path]) => !path?.endsWith('README.md'))).toEqual([]);
      expect(parsed.flatMap(({ problems }) => problems)).toEqual([]);
    });

    it('prometheus-operator: in at least 95 % all that stands under Meaning, Impact, Diagnosis and Mitigation is recognised', async () => {
      const corpus = 'alert-to-runbook/prometheus-operator/corpus.jsonl';
      const written = new Map(rowsOf(corpus).map(({ path, markdown }) => [path, writtenRoles(markdown)]));
      const recognised = (await parseCorpus(corpus)).filter(({ path, documents }) => {
        const roles = new Set(documents.flatMap(({ sections }) => sections.map(({ role }) => role)));
        const wanted = written.get(path) ?? [];
        return wanted.length > 0 && wanted.every((role) => roles.has(role));
      });
      const whole = [...written.values()].filter((roles) => roles.length === 4).length;
      const share = recognised.length / written.size;
      console.log(
        `prometheus-operator: ${percent(share)} of ${written.size}; ${whole} have text under all four headings, others leave some out`,
      );
      expect(share).toBeGreaterThanOrEqual(0.95);
    });

    it.each(SETS)('%s: what it means and what to do is recognised', async (set) => {
      const documents = documentsOf(await parseCorpus(`alert-to-runbook/${set}/corpus.jsonl`));
      const share = shareWith(documents, [
        ['meaning', 'impact'],
        ['diagnosis', 'mitigation'],
      ]);
      const withSteps = documents.filter((document) => document.steps.length > 0).length / documents.length;
      console.log(`${set}: sections in ${percent(share)} of ${documents.length}, steps in ${percent(withSteps)}`);
      // Smaller sets hold a guide, and one of fifteen is more than 5 %.
      expect(share).toBeGreaterThanOrEqual(documents.length > 50 ? 0.95 : 0.9);
    });

    it('postmortems: every one is an incident, its sections are recognised, and most have a cause and a date', async () => {
      const documents = documentsOf(await parseCorpus('postmortems/corpus.jsonl', 'docs/postmortems'));
      expect(documents).toHaveLength(rowsOf('postmortems/corpus.jsonl').length);
      const incidents = documents.filter((document) => document.kind === 'incident');
      expect(incidents).toHaveLength(documents.length);
      const share = shareWith(documents, [['root-cause', 'timeline', 'summary']]);
      const caused = incidents.filter(({ rootCause }) => rootCause !== undefined).length;
      const dated = incidents.filter(({ date }) => date !== undefined).length;
      console.log(
        `postmortems: sections ${percent(share)}, a cause in ${caused}, a date in ${dated} of ${documents.length}`,
      );
      expect(share).toBeGreaterThanOrEqual(0.95);
    });

    it('postmortems: their own words tell what they are where no folder does', async () => {
      const parsed = await parseCorpus('postmortems/corpus.jsonl', 'pages');
      const known = documentsOf(parsed).filter((document) => document.kind === 'incident').length / parsed.length;
      console.log(`postmortems by content alone: ${percent(known)} of ${parsed.length}`);
      expect(documentsOf(parsed).filter((document) => document.kind === 'runbook')).toEqual([]);
      expect(known).toBeGreaterThanOrEqual(0.9);
    });
  },
);

describe('the sample knowledge', () => {
  it('parses without a problem, and every runbook and incident has steps', async () => {
    const files = await parseAll(PROJECT);
    expect(files.flatMap((file) => file.problems)).toEqual([]);
    expect(files.filter((file) => file.unread)).toEqual([]);
    const documents = documentsOf(files);
    expect(documents.filter((document) => document.steps.length === 0).map((document) => document.id)).toEqual([]);
    expect(shareWith(documents, [['root-cause', 'diagnosis']])).toBe(1);
  });

  it('gives every incident a date, a category and a cause', async () => {
    const bare = documentsOf(await parseAll(PROJECT)).filter(
      (document) => document.kind === 'incident' && !(document.date && document.category && document.rootCause),
    );
    expect(bare.map((document) => document.id)).toEqual([]);
  });
});
