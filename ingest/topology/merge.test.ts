import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KnowledgeDocument } from '../../src/domain/document.ts';
import { mergeTopology } from './merge.ts';
import { parseTopology } from './parse.ts';

/** Files by path; what is no text is JSON. */
const parseAll = (files: Readonly<Record<string, unknown>>) =>
  Object.entries(files).map(([path, body]) =>
    parseTopology({ path, name: path, sha: path, text: typeof body === 'string' ? body : JSON.stringify(body) }),
  );
const merge = (files: Readonly<Record<string, unknown>>) => {
  const { documents, problems } = mergeTopology(parseAll(files));
  const find = (name: string) => documents.find((document) => document.id === name);
  const edge = (from: string, to: string) => find(from)?.node.dependsOn.find(({ service }) => service === to);
  return { documents, problems, names: documents.map(({ id }) => id), find, edge };
};

const system = (...services: string[]) =>
  `system: shop\nservices:\n${services.map((service) => `  - ${service}\n`).join('')}`;
const component = (name: string, spec: string) =>
  `apiVersion: v1\nkind: Component\nmetadata: { name: ${name}, description: ${name} by catalogue }\nspec: ${spec}\n`;
const links = (...pairs: [string, string, number][]) =>
  pairs.map(([parent, child, callCount]) => ({ parent, child, callCount }));

describe('an edge', () => {
  const files = {
    'a.json': { data: links(['web', 'orders', 40]) },
    'b.json': links(['web', 'orders', 2]),
    'catalog-info.yaml': component('web', '{ dependsOn: [component:orders] }'),
    'shop.yaml': system('{ name: web, dependsOn: [{ service: orders, kind: async }] }'),
  };

  it('is one, of the kind that people declared, and names everyone who knows of it', () => {
    expect(merge(files).find('web')?.node.dependsOn).toEqual([
      {
        service: 'orders',
        kind: 'async',
        provenance: [
          { by: 'declared', source: { path: 'shop.yaml', line: 3 } },
          { by: 'backstage', source: { path: 'catalog-info.yaml', line: 4 } },
          { by: 'jaeger', source: { path: 'a.json', line: 1 }, calls: 40 },
          { by: 'zipkin', source: { path: 'b.json', line: 1 }, calls: 2 },
        ],
      },
    ]);
  });

  it('is synchronous when only counted calls tell of it', () => {
    expect(merge({ 'b.json': links(['web', 'orders', 2]) }).edge('web', 'orders')?.kind).toBe('sync');
  });

  it('to a database or queue of the catalogue is of that kind, in the spelling of the entity', () => {
    const resource = (name: string, type: string) =>
      `apiVersion: v1\nkind: Resource\nmetadata: { name: ${name} }\nspec: { type: ${type} }\n`;
    const { find } = merge({
      'a.yaml': component('web', '{ dependsOn: [resource:ORDERS-db, "resource:Mail-Queue", resource:unknown] }'),
      'b.yaml': resource('orders-db', 'database'),
      'c.yaml': resource('mail-queue', 'kafka-topic'),
    });
    expect(find('web')?.node.dependsOn).toMatchObject([
      { service: 'orders-db', kind: 'data' },
      { service: 'mail-queue', kind: 'async' },
      { service: 'unknown', kind: 'data' },
    ]);
  });
});

describe('an API', () => {
  const consumer = component('web', '{ consumesApis: [pay] }');

  it('leads to whoever provides it, in whatever file', () => {
    const { edge, problems } = merge({
      'a.yaml': consumer,
      'b.yaml': component('payments', '{ providesApis: [api:default/Pay] }'),
    });
    expect(problems).toEqual([]);
    expect(edge('web', 'payments')).toMatchObject({
      kind: 'sync',
      provenance: [{ source: { path: 'a.yaml', line: 4 } }],
    });
  });

  it('of events is not waited for', () => {
    const api = 'apiVersion: v1\nkind: API\nmetadata: { name: pay }\nspec: { type: asyncapi }\n';
    const provider = component('payments', '{ providesApis: [pay] }');
    expect(merge({ 'a.yaml': consumer, 'b.yaml': provider, 'c.yaml': api }).edge('web', 'payments')?.kind).toBe(
      'async',
    );
  });

  it('that nobody provides is a problem of its consumer', () => {
    expect(merge({ 'a.yaml': consumer }).problems).toEqual([
      { path: 'a.yaml', line: 4, message: 'no component provides the API default/pay: whom web calls is not known' },
    ]);
  });
});

describe('a service', () => {
  it('takes each fact from whom is trusted most', () => {
    const { find, problems } = merge({
      'a.yaml': component('web', '{ owner: group:edge, system: catalogued }'),
      'b.yaml': system('{ name: web, description: The front., tier: 1 }'),
    });
    expect(problems).toEqual([]);
    expect(find('web')).toMatchObject({
      system: 'shop',
      source: { path: 'b.yaml', line: 3, sha: 'b.yaml' },
      node: { description: 'The front.', owner: 'edge', tier: '1' },
    });
  });

  it('declared twice keeps the facts of the first file, and the calls of both', () => {
    const { find, problems } = merge({
      'b.yaml': system('{ name: web, owner: second, description: x, dependsOn: [mail] }'),
      'a.yaml': system('{ name: web, owner: first, dependsOn: [db] }'),
    });
    expect(problems).toEqual([
      { path: 'b.yaml', line: 3, message: 'service web is already declared at a.yaml:3: only its calls are added' },
    ]);
    expect(find('web')?.node).toMatchObject({ owner: 'first', dependsOn: [{ service: 'db' }, { service: 'mail' }] });
    expect(find('web')?.node).not.toHaveProperty('description');
  });

  it('that is only called stays the far end of an edge; one that calls is a service', () => {
    const { names, find } = merge({
      'a.json': links(['web', 'orders', 1]),
      'b.yaml': system('{ name: orders, dependsOn: [db] }'),
    });
    expect(names).toEqual(['orders', 'web']);
    expect(find('web')).toMatchObject({ system: '', source: { path: 'a.json', line: 1, endLine: 1 } });
  });

  it('is told in words, with callers from every file', () => {
    const { find } = merge({
      'a.json': links(['batch', 'orders', 1]),
      'b.yaml': system(
        '{ name: web, dependsOn: [orders] }',
        '{ name: orders, owner: shop, dependsOn: [{ service: db, kind: data }] }',
      ),
      'c.yaml': component('mobile', '{ dependsOn: [component:orders] }'),
    });
    const textOf = (name: string) => find(name)?.sections[0]?.text;
    expect(textOf('orders')).toBe(
      'orders is a service of shop. It keeps its data in db. It is called by web, mobile, batch. Owner: shop.',
    );
    expect(textOf('mobile')).toBe('mobile is a service. mobile by catalogue It waits for orders.');
    expect(textOf('batch')).toBe('batch is a service seen in traces. It waits for orders.');
  });

  it('that everything calls names fifty of its callers', () => {
    const callers = Array.from({ length: 60 }, (_, index): [string, string, number] => [`s${index}`, 'hub', 1]);
    const text = merge({ 'a.json': links(...callers), 'b.yaml': system('{ name: hub }') }).find('hub')?.sections[0]
      ?.text;
    expect(text).toMatch(/s49 and 10 more\.$/);
  });
});

describe('any files', () => {
  const name = fc.constantFrom('web', 'orders', 'db', 'mail', 'Web');
  const kind = fc.constantFrom('sync', 'async', 'data');
  const edges = fc.array(fc.record({ service: name, kind }), { maxLength: 4 });
  const systemFile = fc
    .array(fc.record({ name, dependsOn: edges }), { minLength: 1, maxLength: 3 })
    .map((services) => ({
      system: 'shop',
      services,
    }));
  const linksFile = fc.array(fc.record({ parent: name, child: name, callCount: fc.nat(9) }), {
    minLength: 1,
    maxLength: 5,
  });
  const spec = fc.record({
    dependsOn: fc.array(
      name.map((one) => `component:${one}`),
      { maxLength: 3 },
    ),
    providesApis: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
    consumesApis: fc.array(fc.constantFrom('a', 'b'), { maxLength: 2 }),
  });
  const catalogFile = fc.record({ name, spec }).map((one) => component(one.name, JSON.stringify(one.spec)));
  const file = fc.oneof(
    systemFile,
    linksFile,
    linksFile.map((data) => ({ data })),
    catalogFile,
  );

  it('make the same graph in whatever order they come', () => {
    const shuffled = fc
      .array(file, { maxLength: 6 })
      .chain((files) =>
        fc.tuple(fc.constant(files), fc.shuffledSubarray([...files.keys()], { minLength: files.length })),
      );
    fc.assert(
      fc.property(shuffled, ([files, order]) => {
        const fragments = parseAll(Object.fromEntries(files.map((body, index) => [`${index}.yaml`, body])));
        const inAnotherOrder = order.flatMap((index) => fragments[index] ?? []);
        expect(mergeTopology(inAnotherOrder)).toEqual(mergeTopology(fragments));
      }),
    );
  });

  it('make documents that the schema accepts as they are', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 4 }), (files) => {
        const { documents } = merge(Object.fromEntries(files.map((body, index) => [`${index}.yaml`, body])));
        for (const document of documents) expect(KnowledgeDocument.parse(document)).toStrictEqual(document);
        expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
      }),
    );
  });
});
