import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { type IngestInput, ingest } from './pipeline.ts';
import { createPreparer, type PrepareFile } from './prepare.ts';
import type { SourceCheckout } from './source-file.ts';
import type { UnreachableSource } from './sources/open.ts';

const now = () => new Date('2026-03-01T10:00:00Z');

const RUNBOOK = '# High\n\n## Meaning\n\nSlow.\n\n## Mitigation\n\n- Scale\n';
const FILES = {
  'runbooks/web/High.md': RUNBOOK,
  'runbooks/web/Low.md': RUNBOOK.replace('High', 'Low'),
  'incidents/2026/2026-01-02-slow.md': '# Slow\n\n## Summary\n\nIt was slow; mail ops.\n',
};

/** Blacks out the word `ops`, and counts which files it has seen. */
function openWorkshop() {
  const prepared: string[] = [];
  const redact = async (text: string) => ({
    text: text.replaceAll('ops', '(redacted:email)'),
    counts: text.includes('ops') ? { email: 1 } : {},
  });
  const prepareFile = createPreparer({ redact });
  const prepare: PrepareFile = (file, signal) => {
    prepared.push(file.path);
    return prepareFile(file, signal);
  };
  return { index: createMemoryIndex(), embedder: createHashEmbedder(), prepare, prepared };
}

function checkoutOf(folder: KnowledgeFolder, fields: Partial<SourceCheckout> = {}): SourceCheckout {
  const name = fields.name ?? '';
  const state = { name, kind: 'git' as const, location: folder.path, sha: 'f'.repeat(40) };
  return { name, root: folder.path, globs: {}, pageKind: undefined, state, problem: undefined, ...fields };
}

function from(...opened: (SourceCheckout | UnreachableSource)[]): IngestInput {
  return { open: async () => opened, recipe: 'plain', now };
}

const away: UnreachableSource = { name: 'ops', location: 'https://git.example.com/ops', problem: 'it does not answer' };

async function readServed(index: ReturnType<typeof createMemoryIndex>): Promise<KnowledgeDocument[]> {
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments((await index.findGeneration())!)) documents.push(document);
  return documents.sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('taking over what did not change', () => {
  it('prepares no file twice, whatever became of it', async () => {
    await using folder = await createKnowledgeFolder({ ...FILES, 'runbooks/empty.md': '', 'runbooks/pic.png': 'x' });
    const workshop = openWorkshop();
    const first = await ingest(from(checkoutOf(folder)), workshop);
    expect(workshop.prepared.splice(0)).toHaveLength(4);
    const second = await ingest(from(checkoutOf(folder)), workshop);
    expect(workshop.prepared).toEqual([]);
    expect(second).toMatchObject({ published: false, embedded: 0, redacted: { email: 1 } });
    expect({ ...second.redacted }).toEqual(first.redacted);
    expect(second.files.map(({ path, status }) => [path, status])).toEqual([
      ['incidents/2026/2026-01-02-slow.md', 'unchanged'],
      ['runbooks/empty.md', 'skipped'],
      ['runbooks/pic.png', 'skipped'],
      ['runbooks/web/High.md', 'unchanged'],
      ['runbooks/web/Low.md', 'unchanged'],
    ]);
  });

  it('prepares the one that changed, and tells the problems of the others again', async () => {
    const odd = '---\nvalidated: never\n---\n# Odd\n\nText.\n';
    await using folder = await createKnowledgeFolder({ ...FILES, 'runbooks/web/Odd.md': odd });
    const workshop = openWorkshop();
    const { problems } = await ingest(from(checkoutOf(folder)), workshop);
    workshop.prepared.length = 0;
    await folder.write('runbooks/web/High.md', `${RUNBOOK}- Wait\n`);
    const report = await ingest(from(checkoutOf(folder)), workshop);
    expect(workshop.prepared).toEqual(['runbooks/web/High.md']);
    expect(problems).toHaveLength(1);
    expect(report).toMatchObject({ published: true, embedded: 1, problems });
  });

  it('prepares all of them under another recipe', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(folder)), workshop);
    const other = { ...from(checkoutOf(folder)), recipe: 'other' };
    expect(await ingest(other, workshop)).toMatchObject({ published: false, embedded: 0 });
    expect(workshop.prepared).toHaveLength(6);
    await ingest(other, workshop);
    expect(workshop.prepared).toHaveLength(6);
  });

  it('prepares a file anew that is now read as something else', async () => {
    await using folder = await createKnowledgeFolder({ 'docs/a.md': RUNBOOK, 'runbooks/b.md': RUNBOOK });
    const workshop = openWorkshop();
    const globs = { runbooks: ['docs/**', 'runbooks/**'] };
    await ingest(from(checkoutOf(folder, { globs })), workshop);
    workshop.prepared.length = 0;
    await ingest(from(checkoutOf(folder, { globs: { runbooks: ['runbooks/**'], incidents: ['docs/**'] } })), workshop);
    expect(workshop.prepared).toEqual(['docs/a.md']);
    expect((await readServed(workshop.index)).map(({ kind }) => kind)).toEqual(['incident', 'runbook']);
  });

  it('prepares again what had failed, because it may have been bad luck', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const failing: PrepareFile = async (file) =>
      file.path.endsWith('Low.md')
        ? { ...(await workshop.prepare(file)), documents: [], unread: { status: 'failed', reason: 'took too long' } }
        : workshop.prepare(file);
    const report = await ingest(from(checkoutOf(folder)), { ...workshop, prepare: failing });
    expect(report.files.at(-1)).toEqual({ path: 'runbooks/web/Low.md', status: 'failed', reason: 'took too long' });
    workshop.prepared.length = 0;
    const mended = await ingest(from(checkoutOf(folder)), workshop);
    expect(workshop.prepared).toEqual(['runbooks/web/Low.md']);
    expect(mended.files.at(-1)).toEqual({ path: 'runbooks/web/Low.md', status: 'added' });
  });
});

describe('two files with one id', () => {
  const first = '# First\n\nText.\n';

  it('the loser gets it as soon as the winner is gone', async () => {
    await using folder = await createKnowledgeFolder({
      'runbooks/X.markdown': first,
      'runbooks/X.md': '# Second\n\nT.\n',
    });
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(folder)), workshop);
    expect((await readServed(workshop.index)).map(({ title }) => title)).toEqual(['First']);
    await folder.remove('runbooks/X.markdown');
    await ingest(from(checkoutOf(folder)), workshop);
    expect((await readServed(workshop.index)).map(({ title }) => title)).toEqual(['Second']);
  });

  it('a file that was taken over loses to a new one before it, and wins again when that goes', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/X.md': '# Second\n\nT.\n' });
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(folder)), workshop);
    await folder.write('runbooks/X.markdown', first);
    const report = await ingest(from(checkoutOf(folder)), workshop);
    expect(report.problems.map(({ path }) => path)).toEqual(['runbooks/X.md']);
    expect((await readServed(workshop.index)).map(({ title }) => title)).toEqual(['First']);
    await folder.remove('runbooks/X.markdown');
    expect((await ingest(from(checkoutOf(folder)), workshop)).problems).toEqual([]);
    expect((await readServed(workshop.index)).map(({ title }) => title)).toEqual(['Second']);
  });
});

describe('a source that does not answer', () => {
  it('keeps all that was published of it, and is told', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    await using other = await createKnowledgeFolder({ 'runbooks/db.md': '# Db\n\nText.\n' });
    const workshop = openWorkshop();
    const both = from(checkoutOf(folder), checkoutOf(other, { name: 'ops' }));
    const { generation, sources } = await ingest(both, workshop);
    const report = await ingest(from(checkoutOf(folder), away), workshop);
    expect(report).toMatchObject({ generation, published: false, sources });
    expect(report.problems).toEqual([
      { path: 'ops', line: 1, message: 'it does not answer (what was published of it stays)' },
    ]);
    expect(report.files).toContainEqual({ path: 'ops/runbooks/db.md', status: 'unchanged' });
    expect((await ingest(both, workshop)).problems).toEqual([]);
  });

  it('keeps it with new vectors when the model is another one', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const ops = checkoutOf(folder, { name: 'ops' });
    const first = await ingest(from(ops), workshop);
    const before = await readServed(workshop.index);
    const embedder = createHashEmbedder({ id: 'other', dimension: 32 });
    const report = await ingest(from(away), { ...workshop, embedder });
    expect(report).toMatchObject({ published: true, embedded: first.chunks });
    expect(await readServed(workshop.index)).toEqual(before);
    workshop.prepared.length = 0;
    await ingest(from(ops), { ...workshop, embedder });
    expect(workshop.prepared).toHaveLength(3);
  });

  it('that was never read leaves nothing to publish', async () => {
    const failing = ingest(from(away), openWorkshop());
    await expect(failing).rejects.toMatchObject({
      code: 'knowledge-empty',
      problems: [{ path: 'ops', message: 'it does not answer (what was published of it stays)' }],
    });
  });

  it('loses its knowledge only when it is no longer listed', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    await using other = await createKnowledgeFolder({ 'runbooks/db.md': '# Db\n\nText.\n' });
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(folder), checkoutOf(other, { name: 'ops' })), workshop);
    const report = await ingest(from(checkoutOf(folder)), workshop);
    expect(report.files).toContainEqual({ path: 'ops/runbooks/db.md', status: 'deleted' });
    expect((await readServed(workshop.index)).map(({ id }) => id)).not.toContain('ops/db');
  });

  it('is read as it stands when only its copy is old, and that is told', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const report = await ingest(from(checkoutOf(folder, { name: 'ops', problem: 'fetch failed' })), openWorkshop());
    expect(report).toMatchObject({
      documents: 3,
      problems: [{ path: 'ops', line: 1, message: expect.stringContaining('fetch failed (its copy of ') }],
    });
  });
});

describe('sources that moved on', () => {
  it('without a change of content are written down, and readers see nothing new', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const workshop = openWorkshop();
    const { generation } = await ingest(from(checkoutOf(folder)), workshop);
    const checkout = checkoutOf(folder);
    const moved = { ...checkout, state: { ...checkout.state, sha: 'a'.repeat(40) } };
    expect(await ingest(from(moved), workshop)).toMatchObject({ generation, published: false, sources: [moved.state] });
    expect(await workshop.index.findGeneration()).toMatchObject({ key: generation, sources: [moved.state] });
  });
});
