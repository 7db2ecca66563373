import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mergeTopology } from './merge.ts';
import { parseTopology } from './parse.ts';

const FOLDER = join(import.meta.dirname, '../../examples/topology');

it('examples/topology is one graph, whose edges say where they come from', () => {
  const fragments = readdirSync(FOLDER).map((name) =>
    parseTopology({ path: name, name, sha: '', text: readFileSync(join(FOLDER, name), 'utf8') }),
  );
  expect(fragments.flatMap(({ problems }) => problems)).toEqual([]);
  const { documents, problems } = mergeTopology(fragments);
  expect(problems).toEqual([]);
  const edges = documents.flatMap(({ node }) =>
    node.dependsOn.map(({ service, kind, provenance }) => {
      const known = provenance?.map(({ by, calls }) => (calls === undefined ? by : `${by} ${calls}`)).join(', ');
      return `${node.name} > ${service} (${kind}: ${known})`;
    }),
  );
  expect(edges).toEqual([
    'checkout > stock (sync: backstage, jaeger 8230, zipkin 512)',
    'checkout > orders-db (data: backstage)',
    'checkout > mail-queue (async: backstage)',
    'checkout > payments (sync: backstage, jaeger 4120)',
    'payments > fraud-check (sync: jaeger 4120)',
    'stock > stock-db (sync: zipkin 512)',
  ]);
});

it('the sample topology is told in the words that its chunks were always embedded with', () => {
  const path = 'topology/object-classification.yaml';
  const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
  const { documents } = mergeTopology([parseTopology({ path, name: 'object-classification', sha: '', text })]);
  expect(documents).toHaveLength(13);
  expect(documents.find(({ id }) => id === 'ml-consumer')?.sections[0]?.text).toBe(
    'ml-consumer is a service of object-classification. Takes results from rabbitmq, batches them and writes to ' +
      'scylladb; acknowledges only after the write. Two replicas sustain about 120 results per second. Writes are ' +
      'idempotent by image id. It hands work to rabbitmq, otel-collector. It keeps its data in scylladb. ' +
      'Owner: data. Tier 2.',
  );
});
