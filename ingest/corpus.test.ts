import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument, SectionRole } from '../src/domain/document.ts';
import { createKnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { chunkFiles } from './chunk.ts';
import { type ParsedFile, parseFiles } from './parse.ts';
import { readKnowledge } from './read.ts';

const PROJECT = join(import.meta.dirname, '..');
const DATA = join(PROJECT, '../shared/data');

interface Row {
  readonly id: string;
  readonly markdown: string;
}

async function parseAll(knowledgeDir: string): Promise<ParsedFile[]> {
  const files: ParsedFile[] = [];
  for await (const file of chunkFiles(parseFiles(readKnowledge(knowledgeDir)))) files.push(file);
  return files;
}

async function parseCorpus(corpus: string, folder: 'runbooks' | 'incidents'): Promise<KnowledgeDocument[]> {
  const rows = readFileSync(corpus, 'utf8')
    .trim()
    .split('\n')
    .map((line): Row => JSON.parse(line));
  const files = Object.fromEntries(rows.map((row) => [`${folder}/${row.id}.md`, row.markdown]));
  await using knowledge = await createKnowledgeFolder(files);
  const parsed = await parseAll(knowledge.path);
  expect(parsed.filter((file) => file.unread?.status === 'failed')).toEqual([]);
  expect(parsed).toHaveLength(rows.length);
  return parsed.flatMap((file) => file.documents);
}

function shareWith(documents: readonly KnowledgeDocument[], groups: readonly (readonly SectionRole[])[]): number {
  const has = (document: KnowledgeDocument, roles: readonly SectionRole[]) =>
    document.sections.some((section) => roles.includes(section.role));
  return documents.filter((document) => groups.every((roles) => has(document, roles))).length / documents.length;
}

describe.skipIf(!existsSync(DATA))('files that were never written for Precedent (only where ../shared/data is)', () => {
  const sets = ['prometheus-operator', 'promscale', 'cnpg', 'threescale'];
  it.each(sets)('%s: its runbooks’ sections are recognised', async (set) => {
    const corpus = join(DATA, 'alert-to-runbook', set, 'corpus.jsonl');
    const documents = await parseCorpus(corpus, 'runbooks');
    const share = shareWith(documents, [
      ['meaning', 'impact'],
      ['diagnosis', 'mitigation'],
    ]);
    const withSteps = documents.filter((document) => document.steps.length > 0).length / documents.length;
    const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
    console.log(
      `${set}: sections recognised in ${percent(share)} of ${documents.length}, steps in ${percent(withSteps)}`,
    );
    // Smaller sets hold a README or a guide, and one of fifteen is more than 5 %.
    expect(share).toBeGreaterThanOrEqual(documents.length > 50 ? 0.95 : 0.9);
  });

  it('postmortems: their sections are recognised, and most have a cause', async () => {
    const corpus = join(DATA, 'postmortems/corpus.jsonl');
    const documents = await parseCorpus(corpus, 'incidents');
    const share = shareWith(documents, [['root-cause', 'timeline', 'summary']]);
    const caused = documents.filter((document) => document.kind === 'incident' && document.rootCause !== undefined);
    console.log(
      `postmortems: sections ${(100 * share).toFixed(1)} %, a cause in ${caused.length} of ${documents.length}`,
    );
    expect(share).toBeGreaterThanOrEqual(0.95);
  });
});

describe('the sample knowledge', () => {
  it('parses without a problem, and every runbook and incident has steps', async () => {
    const files = await parseAll(PROJECT);
    expect(files.flatMap((file) => file.problems)).toEqual([]);
    expect(files.filter((file) => file.unread)).toEqual([]);
    const documents = files.flatMap((file) => file.documents).filter((document) => document.kind !== 'service');
    expect(documents.filter((document) => document.steps.length === 0).map((document) => document.id)).toEqual([]);
    expect(shareWith(documents, [['root-cause', 'diagnosis']])).toBe(1);
  });

  it('gives every incident a date, a category and a cause', async () => {
    const documents = (await parseAll(PROJECT)).flatMap((file) => file.documents);
    const bare = documents.filter(
      (document) => document.kind === 'incident' && !(document.date && document.category && document.rootCause),
    );
    expect(bare.map((document) => document.id)).toEqual([]);
  });
});
