import { describe, expect, it } from 'vitest';
import type { ServiceDocument } from '../../src/domain/document.ts';
import type { ManifestFile } from '../../src/domain/manifest.ts';
import type { EdgeOrigin } from '../../src/domain/topology.ts';
import { NO_FACTS, type TopologyFragment } from './fragment.ts';
import { mergeTopology } from './merge.ts';
import { rebuildFragments } from './rebuild.ts';

function fragmentOf(path: string, by: EdgeOrigin, names: readonly string[], calls: readonly string[]) {
  const fragment: TopologyFragment = {
    ...NO_FACTS,
    path,
    sha: path,
    services: names.map((name, at) => ({ by, name, owner: `${name}-team`, line: at + 2, endLine: at + 3 })),
    edges: calls.map((call, at) => {
      const [from = '', to = ''] = call.split(' ');
      const isMeasured = by !== 'declared' && by !== 'backstage';
      return { by, from, to, kind: isMeasured ? undefined : 'data', line: at + 3, ...(isMeasured ? { calls: 4 } : {}) };
    }),
    problems: [],
    unread: undefined,
  };
  return fragment;
}

const FRAGMENTS = [
  fragmentOf('a/shop.yaml', 'declared', ['web', 'orders'], ['web orders', 'orders db']),
  fragmentOf('b/catalog.yaml', 'backstage', ['orders', 'mail'], ['mail queue', 'orders db']),
  fragmentOf('c/spans.json', 'traces', ['cron', 'web'], ['web orders', 'cron web']),
  fragmentOf('d/links.json', 'jaeger', [], ['batch db', 'web db']),
];

function toFile({ path, sha }: TopologyFragment, services: readonly ServiceDocument[]): ManifestFile {
  const documents = services.filter(({ source }) => source.path === path);
  const entries = documents.map(({ id, kind }) => ({ kind, id, line: 1, hash: id, chunks: [] }));
  return { path, source: '', sha, problems: [], documents: entries, reusable: false };
}

const services = mergeTopology(FRAGMENTS).documents;

describe('fragments out of what is served', () => {
  it.each([[[0]], [[1]], [[2]], [[3]], [[0, 2]], [[0, 1, 2, 3]]])('stand for the files %j', (gone) => {
    const files = FRAGMENTS.filter((_, at) => gone.includes(at)).map((fragment) => toFile(fragment, services));
    const rebuilt = rebuildFragments(files, services.toReversed());
    const merged = mergeTopology(FRAGMENTS.map((fragment) => rebuilt.get(fragment.path) ?? fragment));
    expect(merged.documents).toEqual(services);
  });

  it('leave out files that said nothing', () => {
    const silent = { ...FRAGMENTS[0]!, path: 'e/empty.yaml' };
    expect(rebuildFragments([toFile(silent, services)], services).size).toBe(0);
  });

  it('take an edge that tells nobody for one of the service’s own file', () => {
    const old = services.map((service) => ({
      ...service,
      node: { ...service.node, dependsOn: service.node.dependsOn.map(({ service, kind }) => ({ service, kind })) },
    }));
    const rebuilt = rebuildFragments([toFile(FRAGMENTS[0]!, services)], old);
    expect(rebuilt.get('a/shop.yaml')?.edges.map(({ from, to }) => `${from} ${to}`)).toContain('web orders');
  });
});
