import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { Redactor } from '../src/domain/redaction.ts';
import type { KnowledgeIndex } from '../src/ports.ts';
import { createHashEmbedder } from '../src/testing/hash-embedder.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../src/testing/knowledge-folder.ts';
import { createMemoryIndex } from '../src/testing/memory-index.ts';
import { ingest } from './pipeline.ts';
import { createPreparer } from './prepare.ts';
import type { SourceCheckout } from './source-file.ts';
import type { UnreachableSource } from './sources/open.ts';

const blackOut: Redactor = async (text) => ({ text: text.replaceAll('hunter2', '(redacted:password)'), counts: {} });
const page = (title: string) => `# ${title}\n\n## Meaning\n\n${title} is slow.\n\n## Mitigation\n\n- Scale ${title}\n`;

function openWorkshop(index: KnowledgeIndex = createMemoryIndex()) {
  return {
    index,
    embedder: createHashEmbedder(),
    prepare: createPreparer({ redact: async (text) => ({ text, counts: {} }) }),
  };
}

function checkoutOf(folder: KnowledgeFolder, name: string): SourceCheckout {
  const state = { name, kind: 'directory' as const, location: folder.path };
  return { name, root: folder.path, globs: {}, pageKind: undefined, state, problem: undefined };
}

function awayAs(name: string): UnreachableSource {
  return { name, location: `https://git.example.com/${name}`, problem: 'it does not answer' };
}

function from(...opened: (SourceCheckout | UnreachableSource)[]) {
  return { open: async () => opened, recipe: 'plain', now: () => new Date('2026-03-01T10:00:00Z') };
}

async function readServed(index: KnowledgeIndex): Promise<KnowledgeDocument[]> {
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments((await index.findGeneration())!)) documents.push(document);
  return documents.sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('vectors that are gone', () => {
  it('are made again though nothing changed, those of sources that are away, too', async () => {
    await using web = await createKnowledgeFolder({ 'runbooks/web.md': page('Web') });
    await using ops = await createKnowledgeFolder({ 'runbooks/db.md': page('Db') });
    const workshop = openWorkshop();
    const first = await ingest(from(checkoutOf(web, 'web'), checkoutOf(ops, 'ops')), workshop);
    const index = createMemoryIndex();
    const served = (await workshop.index.findGeneration())!;
    await index.addDocuments(await readServed(workshop.index));
    await index.publish(served, (await workshop.index.findManifest(served))!);
    const again = await ingest(from(checkoutOf(web, 'web'), awayAs('ops')), openWorkshop(index));
    expect(again).toMatchObject({ published: false, generation: first.generation, embedded: first.chunks });
    for (const { kind, chunks } of await readServed(index)) {
      const ids = chunks.map(({ id }) => id);
      expect(await index.listMissing(kind, served.model, ids)).toEqual([]);
    }
  });
});

describe('what cannot be seen now', () => {
  it.each([
    ['an empty folder', 'runbooks'],
    ['a folder that cannot be read', ''],
  ])('%s among several sources deletes nothing, and that is told', async (_what, gone) => {
    await using web = await createKnowledgeFolder({ 'runbooks/web.md': page('Web') });
    await using ops = await createKnowledgeFolder({ 'runbooks/db.md': page('Db'), 'runbooks/queue.md': page('Queue') });
    const workshop = openWorkshop();
    const both = from(checkoutOf(web, 'web'), checkoutOf(ops, 'ops'));
    const first = await ingest(both, workshop);
    await rm(`${ops.path}/${gone}`, { recursive: true });
    const report = await ingest(both, workshop);
    expect(report).toMatchObject({ published: false, generation: first.generation, documents: 3 });
    const told = [...report.problems.map(({ message }) => message), ...report.files.map(({ reason }) => reason)];
    expect(told.filter((text) => text?.match(/had 2 files|cannot be read/))).not.toEqual([]);
    await ops.write('runbooks/db.md', page('Db'));
    const back = await ingest(both, workshop);
    expect(back.files).toContainEqual({ path: 'ops/runbooks/db.md', status: 'unchanged' });
    expect(back.files).toContainEqual({ path: 'ops/runbooks/queue.md', status: 'deleted' });
    expect(back.problems).toEqual([]);
  });
});

describe('topology of a source that is away', () => {
  const declared = {
    'topology/shop.yaml':
      'system: shop\nservices:\n  - name: web\n    owner: team-web\n    dependsOn:\n      - service: orders\n        kind: async\n  - name: orders\n',
  };
  const measured = {
    'topology/links.json':
      '{"data":[{"parent":"web","child":"orders","callCount":7},{"parent":"web","child":"db","callCount":2},{"parent":"cron","child":"web","callCount":1}]}',
  };

  it.each(['a', 'b'])('keeps every edge while %s is away, and then again', async (gone) => {
    await using a = await createKnowledgeFolder(declared);
    await using b = await createKnowledgeFolder(measured);
    const workshop = openWorkshop();
    const checkouts = [checkoutOf(a, 'a'), checkoutOf(b, 'b')];
    const { generation } = await ingest(from(...checkouts), workshop);
    const served = await readServed(workshop.index);
    const one = from(...checkouts.map((checkout) => (checkout.name === gone ? awayAs(gone) : checkout)));
    expect(await ingest(one, workshop)).toMatchObject({ published: false, generation });
    expect(await ingest(one, workshop)).toMatchObject({ published: false, generation });
    await ingest(from(awayAs('a'), awayAs('b')), workshop);
    expect(await readServed(workshop.index)).toEqual(served);
  });

  it.each([
    ['b', 'a', 'topology/shop.yaml', 'system: shop\nservices:\n  - name: web\n'],
    ['a', 'b', 'topology/links.json', '{"data":[{"parent":"web","child":"db","callCount":2}]}'],
  ])('takes what %s said with what %s says now', async (gone, changed, path, text) => {
    await using a = await createKnowledgeFolder(declared);
    await using b = await createKnowledgeFolder(measured);
    const folders = { a, b };
    const workshop = openWorkshop();
    const checkouts = [checkoutOf(a, 'a'), checkoutOf(b, 'b')];
    await ingest(from(...checkouts), workshop);
    await folders[changed as 'a' | 'b'].write(path, text);
    await ingest(from(...checkouts.map((checkout) => (checkout.name === gone ? awayAs(gone) : checkout))), workshop);
    const withOneAway = await readServed(workshop.index);
    const edges = withOneAway.flatMap((document) =>
      document.kind === 'service' && document.id === 'web'
        ? document.node.dependsOn.map(({ service, provenance }) => [service, provenance?.map(({ by }) => by)])
        : [],
    );
    expect(Object.fromEntries(edges)).toEqual({ orders: [gone === 'b' ? 'jaeger' : 'declared'], db: ['jaeger'] });
    await ingest(from(...checkouts), workshop);
    const names = (documents: readonly KnowledgeDocument[]) => documents.map(({ id }) => id);
    expect(names(withOneAway)).toEqual(names(await readServed(workshop.index)));
  });
});

describe('redaction that came later', () => {
  const secret = { 'runbooks/db.md': '# Db\n\n## Mitigation\n\n- Log in with hunter2\n' };

  it('reaches the documents of a source that is away, and their vectors', async () => {
    await using ops = await createKnowledgeFolder(secret);
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(ops, 'ops')), workshop);
    const later = { ...from(awayAs('ops')), recipe: 'secrets', redact: blackOut };
    expect(await ingest(later, workshop)).toMatchObject({ published: true, documents: 1 });
    const shown = JSON.stringify(await readServed(workshop.index));
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('Log in with (redacted:password)');
    expect((await readServed(workshop.index)).map(({ id }) => id)).toEqual(['ops/db']);
    expect(await ingest(later, workshop)).toMatchObject({ published: false, embedded: 0 });
  });

  it('serves no longer what cannot be searched', async () => {
    await using web = await createKnowledgeFolder({ 'runbooks/web.md': page('Web') });
    await using ops = await createKnowledgeFolder(secret);
    const workshop = openWorkshop();
    await ingest(from(checkoutOf(web, 'web'), checkoutOf(ops, 'ops')), workshop);
    const redact: Redactor = async () => {
      throw new PrecedentError('knowledge-invalid', 'could not be searched');
    };
    const report = await ingest(
      { ...from(checkoutOf(web, 'web'), awayAs('ops')), recipe: 'secrets', redact },
      workshop,
    );
    expect(report.files).toContainEqual({
      path: 'ops/runbooks/db.md',
      status: 'failed',
      reason: 'could not be searched',
    });
    expect((await readServed(workshop.index)).map(({ id }) => id)).toEqual(['web/web']);
  });
});
