import { describe, expect, it } from 'vitest';
import { parseTopology } from './parse.ts';

const parse = (text: string, path = 'topology/shop.yaml') => parseTopology({ path, name: 'shop', sha: 'a1', text });
const parseJson = (body: unknown, path = 'topology/calls.json') => parse(JSON.stringify(body), path);
/** `web > db data 3`: from, to, kind and calls of each edge. */
const edgesOf = (fragment: ReturnType<typeof parse>) =>
  fragment.edges.map(({ from, to, kind, calls }) =>
    [`${from} > ${to}`, kind, calls].filter((word) => word !== undefined).join(' '),
  );
const namesOf = (fragment: ReturnType<typeof parse>) => fragment.services.map(({ name }) => name);

const SYSTEM = `system: shop
services:
  - name: web
    tier: 1
    dependsOn:
      - orders
      - { service: db, kind: data }

  - name: orders
    dependsOn: [{ service: mail, kind: async }]
`;

describe('a system of our own format', () => {
  it('becomes services and edges, each with its line', () => {
    const fragment = parse(SYSTEM);
    expect(fragment).toMatchObject({ problems: [], unread: undefined });
    expect(fragment.services).toMatchObject([
      { by: 'declared', name: 'web', tier: '1', system: 'shop', line: 3, endLine: 7 },
      { by: 'declared', name: 'orders', system: 'shop', line: 9, endLine: 10 },
    ]);
    expect(edgesOf(fragment)).toEqual(['web > orders sync', 'web > db data', 'orders > mail async']);
    expect(fragment.edges.map(({ line }) => line)).toEqual([6, 7, 10]);
  });

  it('may be written as JSON', () => {
    expect(edgesOf(parseJson({ system: 'shop', services: [{ name: 'web', dependsOn: ['db'] }] }))).toEqual([
      'web > db sync',
    ]);
  });

  it('says nothing about where its edges are known from, whatever it writes there', () => {
    const written = 'system: s\nservices:\n  - name: web\n    dependsOn: [{ service: db, provenance: nonsense }]\n';
    expect(parse(written)).toMatchObject({ problems: [], edges: [{ by: 'declared', to: 'db' }] });
  });

  it.each([
    ['services:\n  - name: web\n', [1, "`system: name` is missing; the file's name stands in: shop"]],
    [
      'system: s\nservices:\n  - name: web\n  - description: x\n',
      [4, 'service: name: Invalid input: expected string, received undefined'],
    ],
    ['system: s\nservices:\n  - name: web\n  - web\n', [4, 'service: must be a mapping with a `name`']],
    ['system: s\nservices:\n  - name: web\n    dependsOn: db\n', [4, 'dependsOn: must be a list']],
    [
      'system: s\nservices:\n  - name: web\n    dependsOn:\n      - {}\n',
      [5, 'dependsOn: service: Invalid input: expected string, received undefined'],
    ],
  ])('%j keeps what is right and tells the line of what is not', (text, [line, message]) => {
    const fragment = parse(text);
    expect(fragment.problems).toEqual([{ path: 'topology/shop.yaml', line, message }]);
    expect(namesOf(fragment)).toEqual(['web']);
    expect(fragment.unread).toBeUndefined();
  });
});

const CATALOG = `apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: web
  description: The shop's front.
  annotations: { example.com/token: never-shown }
spec:
  type: website
  owner: group:default/edge
  system: shop
  dependsOn:
    - component:default/Orders
    - resource:orders-db
    - api:stock
  providesApis: [pages]
  consumesApis:
    - payments/pay
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: { name: orders-db }
spec:
  type: database
  owner: user:jo
  dependencyOf: [component:orders]
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: { name: order-events }
spec: { type: asyncapi }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: edge }
spec: { type: team }
---
`;

describe('a Backstage catalogue', () => {
  it('becomes services with owner and system; annotations stay out', () => {
    const fragment = parse(CATALOG, 'catalog-info.yaml');
    expect(fragment).toMatchObject({ problems: [], unread: undefined, eventApis: ['default/order-events'] });
    expect(fragment.services).toMatchObject([
      {
        by: 'backstage',
        name: 'web',
        owner: 'edge',
        system: 'shop',
        description: "The shop's front.",
        line: 1,
        endLine: 17,
      },
      { by: 'backstage', name: 'orders-db', owner: 'jo', calledAs: 'data', line: 19, endLine: 25 },
    ]);
    expect(JSON.stringify(fragment)).not.toContain('never-shown');
  });

  it('becomes edges in both directions, and APIs to be found in other files', () => {
    const { edges, apis } = parse(CATALOG);
    expect(edges).toMatchObject([
      { from: 'web', to: 'Orders', kind: 'sync', line: 12 },
      { from: 'web', to: 'orders-db', kind: 'data', line: 13 },
      { from: 'orders', to: 'orders-db', kind: 'data', line: 25 },
    ]);
    expect(apis).toEqual([
      { component: 'web', role: 'provides', api: 'default/pages', line: 15 },
      { component: 'web', role: 'consumes', api: 'payments/pay', line: 17 },
      { component: 'web', role: 'consumes', api: 'default/stock', line: 14 },
    ]);
  });

  const component = (spec: string) => `apiVersion: v1\nkind: Component\nmetadata:\n  name: web\nspec:\n  ${spec}\n`;

  it.each([
    ['dependsOn: [db]', 'dependsOn: db has no kind, and is taken for `component:db`'],
    ['dependsOn: [a:b:c]', 'dependsOn: must be written as `kind:namespace/name`'],
    ['dependsOn: [system:shop]', 'dependsOn: system:shop is no component or resource or api'],
    ['consumesApis: [component:db]', 'consumesApis: component:db is no api'],
  ])('%s is told at its line', (spec, message) => {
    const fragment = parse(component(spec));
    expect(fragment.problems).toEqual([{ path: 'topology/shop.yaml', line: 6, message }]);
    expect(namesOf(fragment)).toEqual(['web']);
  });

  it('tells the line of an entity without a name, and keeps the others', () => {
    const fragment = parse(
      `${component('type: x')}---\napiVersion: v1\nkind: Component\nmetadata:\n  title: no name\n`,
    );
    expect(fragment.problems).toMatchObject([{ line: 11, message: expect.stringContaining('entity: metadata.name') }]);
    expect(namesOf(fragment)).toEqual(['web']);
  });
});

describe('dependencies', () => {
  it('of Jaeger become edges of unknown kind with their calls', () => {
    const data = [
      { parent: 'web', child: 'orders', callCount: 7, source: 'jaeger' },
      { parent: 'web', child: 'orders', callCount: '5' },
      { parent: 'orders', child: 'orders', callCount: 2 },
      { parent: 'orders', child: 'db', callCount: null },
    ];
    const fragment = parseJson({ data, total: 0, errors: null });
    expect(edgesOf(fragment)).toEqual(['web > orders 12', 'orders > db 0']);
    expect(fragment).toMatchObject({ services: [], problems: [], edges: [{ by: 'jaeger' }, { by: 'jaeger' }] });
  });

  it('of Zipkin become edges as well', () => {
    const fragment = parseJson([{ parent: 'web', child: 'orders', callCount: 7, errorCount: 1 }]);
    expect(fragment.edges).toEqual([{ by: 'zipkin', from: 'web', to: 'orders', kind: undefined, calls: 7, line: 1 }]);
  });

  it('keep their good rows, and tell of bad ones by number, on one page', () => {
    const bad = Array.from({ length: 30 }, () => ({ parent: 'web' }));
    const fragment = parseJson([{ parent: 'web', child: 'db', callCount: 1 }, ...bad]);
    expect(edgesOf(fragment)).toEqual(['web > db 1']);
    expect(fragment.problems).toHaveLength(21);
    expect(fragment.problems[0]?.message).toBe(
      'dependency 2: child: Invalid input: expected string, received undefined',
    );
    expect(fragment.problems.at(-1)?.message).toBe('10 more mistakes of this kind are not listed');
  });

  it('of a hundred thousand rows are read at once', () => {
    const rows = Array.from({ length: 100_000 }, (_, row) => ({
      parent: `s${row % 300}`,
      child: `s${row % 299}`,
      callCount: 1,
    }));
    expect(parseJson(rows).edges.length).toBeGreaterThan(80_000);
  });
});

/** `id parent service kind`, and attributes. */
type SpanFields = readonly [string, string, string, string, Readonly<Record<string, string>>?];
const SPANS: readonly SpanFields[] = [
  ['a', '', 'web', 'server'],
  ['b', 'a', 'web', 'client'],
  ['c', 'b', 'orders', 'server'],
  ['d', 'c', 'orders', 'client', { 'db.system': 'postgresql', 'db.name': 'orders' }],
  ['e', 'c', 'orders', 'producer'],
  ['f', 'e', 'mail', 'consumer'],
  ['g', 'a', 'web', 'client', { 'peer.service': 'payments' }],
  ['h', 'a', 'web', 'client', { 'peer.service': 'stock-by-another-name' }],
  ['i', 'h', 'stock', 'server'],
];
const START = 1_700_000_000_000_000;

const toJaeger = (spans: readonly SpanFields[]) => ({
  data: [
    {
      traceID: 't',
      spans: spans.map(([spanID, parent, service, kind, tags = {}]) => ({
        spanID,
        references: parent ? [{ refType: 'CHILD_OF', spanID: parent }] : [],
        startTime: START,
        duration: 10,
        processID: service,
        tags: Object.entries({ 'span.kind': kind, ...tags }).map(([key, value]) => ({ key, value })),
      })),
      processes: Object.fromEntries(spans.map(([, , service]) => [service, { serviceName: service }])),
    },
  ],
});
const attribute = ([key, value]: readonly [string, string]) => ({ key, value: { stringValue: value } });
const toOtlp = (spans: readonly SpanFields[]) => ({
  resourceSpans: spans.map(([spanId, parentSpanId, service, kind, attributes = {}]) => ({
    resource: { attributes: [attribute(['service.name', service])] },
    scopeSpans: [
      {
        spans: [
          {
            traceId: 't',
            spanId,
            parentSpanId,
            kind: `SPAN_KIND_${kind.toUpperCase()}`,
            startTimeUnixNano: `${START}000`,
            endTimeUnixNano: `${START}900`,
            attributes: Object.entries(attributes).map(attribute),
          },
        ],
      },
    ],
  })),
});
const toZipkin = (spans: readonly SpanFields[]) =>
  spans.map(([id, parentId, service, kind, tags = {}]) => ({
    traceId: 't',
    id,
    parentId,
    kind: kind.toUpperCase(),
    timestamp: START,
    duration: 10,
    localEndpoint: { serviceName: service },
    ...(tags['peer.service'] ? { remoteEndpoint: { serviceName: tags['peer.service'] } } : { tags }),
  }));

describe.each([
  ['Jaeger', toJaeger],
  ['OTLP', toOtlp],
  ['Zipkin', toZipkin],
])('traces of %s', (_, toBody) => {
  it('become the calls between services, and those to who sends no spans', () => {
    const fragment = parseJson(toBody(SPANS), 'topology/traces.json');
    expect(fragment.problems).toEqual([]);
    expect(namesOf(fragment)).toEqual(['mail', 'orders', 'stock', 'web']);
    expect(edgesOf(fragment).sort()).toEqual([
      'orders > mail async 1',
      'orders > postgresql data 1',
      'web > orders sync 1',
      'web > payments sync 1',
      'web > stock sync 1',
    ]);
  });

  it('keep data in the database that the span names, or in its make', () => {
    const database = (tags: Readonly<Record<string, string>>) =>
      edgesOf(parseJson(toBody([['a', '', 'web', 'client', tags]])));
    expect(database({ 'db.system': 'redis' })).toEqual(['web > redis data 1']);
    expect(database({ 'db.system': 'redis', 'db.name': 'carts' })).toEqual(['web > carts data 1']);
    expect(database({ 'db.system.name': 'redis', 'db.namespace': 'carts' })).toEqual(['web > carts data 1']);
  });

  it('leave out services that nobody named', () => {
    const fragment = parseJson(
      toBody([
        ['a', '', '', 'server'],
        ['b', 'a', 'web', 'server'],
      ]),
    );
    expect(namesOf(fragment)).toEqual(['web']);
    expect(fragment.edges).toEqual([]);
  });
});

describe('a chain of fifty thousand spans', () => {
  it('is read without recursion', () => {
    const chain = Array.from(
      { length: 50_000 },
      (_, id): SpanFields => [`${id}`, id === 0 ? '' : `${id - 1}`, `s${id % 100}`, 'server'],
    );
    expect(parseJson(toJaeger(chain)).edges).toHaveLength(100);
  });
});

describe('traces with one body per line', () => {
  it('are one window, as the OpenTelemetry Collector writes them', () => {
    const lines = SPANS.map((span) => JSON.stringify(toOtlp([span])));
    const fragment = parse([...lines, '{"resourceMetrics":[]}', ''].join('\n'), 'topology/traces.json');
    expect(fragment.problems).toEqual([]);
    expect(edgesOf(fragment)).toEqual(edgesOf(parseJson(toOtlp(SPANS))));
  });

  it('tell the line that is broken', () => {
    const fragment = parse('{"resourceSpans":[]}\n{"resourceSpans":[\n', 'topology/traces.json');
    expect(fragment.problems).toEqual([{ path: 'topology/traces.json', line: 2, message: 'it is not valid JSON' }]);
  });
});

describe('a file of which nothing can be used', () => {
  it.each([
    [
      'topology/a.yaml',
      'system: x\n',
      1,
      'it holds no `services:` list, and no `apiVersion:` and `kind:` of a Backstage entity',
    ],
    ['topology/a.yaml', 'system: x\nservices: web\n', 1, 'it holds no `services:` list'],
    ['topology/a.yaml', 'system: x\nservices: [web\n', 3, 'Flow sequence in block collection'],
    ['topology/a.json', '{\n"data": [\n,]}', 3, 'it is not valid JSON'],
    ['topology/a.json', '{"data": [', 1, 'it is not valid JSON'],
    ['topology/a.json', '{"hello": 1}', 1, 'it is no topology; accepted are'],
    ['topology/a.json', '[1, 2]', 1, 'it is no topology; accepted are'],
    [
      'topology/a.json',
      '{"data": [{"traceID": "t", "spans": 5}]}',
      1,
      'the Jaeger traces cannot be read: data[0].spans',
    ],
    ['topology/a.yaml', 'system: x\nservices:\n  - name: *b\n', 3, 'Unresolved alias'],
    ['topology/a.yaml', `services: ${'['.repeat(20_000)}`, 1, ''],
  ])('%s with %j has failed, and its problem says where', (path, text, line, message) => {
    const { unread, problems, services } = parse(text, path);
    expect(services).toEqual([]);
    expect(unread).toEqual({ status: 'failed', reason: expect.stringContaining(message) });
    expect(problems[0]).toEqual({ path, line, message: expect.stringContaining(message) });
    expect(unread?.reason).toContain(`(${path}:${line})`);
  });

  it.each(['', '\n---\n', 'system: x\nservices: []\n', '[]', '{"data": null}', '{"resourceSpans": []}'])(
    '%j is skipped, because it says nothing',
    (text) => {
      expect(parse(text).unread).toEqual({ status: 'skipped', reason: 'it names no service and no call' });
    },
  );
});

describe('a file of several documents', () => {
  it('keeps those that can be read', () => {
    const fragment = parse(`${SYSTEM}---\n[broken\n---\nhello\n`);
    expect(namesOf(fragment)).toEqual(['web', 'orders']);
    expect(fragment.problems.length).toBeGreaterThan(0);
    expect(fragment.unread).toBeUndefined();
  });
});
