import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import { Dependency, ServiceNode } from '../../src/domain/topology.ts';
import { type EdgeMention, NO_FACTS, type ServiceMention, type TopologyFacts } from './fragment.ts';
import { lineOf, linesOf, toPlain, type YamlSource } from './yaml-source.ts';

/** What people may write; where an edge was found is for the merge to say. */
const WrittenDependency = Dependency.pick({ service: true, kind: true });
const WrittenService = ServiceNode.omit({ dependsOn: true });

/** Our own format: `system:` and a list of `services:`. A wrong service or edge is a problem at its line. */
export function readSystem(contents: YAMLMap, yaml: YamlSource): TopologyFacts {
  const list = contents.get('services', true);
  if (!isSeq<Node>(list)) {
    yaml.report(1, 'it holds no `services:` list');
    return NO_FACTS;
  }
  const system = nameOf(contents, yaml);
  const read = list.items.flatMap((item) => readService(item, system, yaml));
  return { ...NO_FACTS, services: read.map(({ service }) => service), edges: read.flatMap(({ edges }) => edges) };
}

function nameOf(contents: YAMLMap, yaml: YamlSource): string {
  const system = contents.get('system');
  if (typeof system === 'string' && system !== '') return system;
  yaml.report(1, `\`system: name\` is missing; the file's name stands in: ${yaml.fallbackName}`);
  return yaml.fallbackName;
}

interface ReadService {
  readonly service: ServiceMention;
  readonly edges: readonly EdgeMention[];
}

function readService(item: Node, system: string, yaml: YamlSource): ReadService[] {
  const lines = linesOf(item, yaml);
  if (!isMap<unknown, Node>(item)) {
    yaml.report(lines.line, 'service: must be a mapping with a `name`');
    return [];
  }
  const dependencies = readDependencies(item.get('dependsOn', true), yaml);
  const fields = toPlain(item, yaml);
  if (fields === undefined) return [];
  const result = WrittenService.safeParse(fields);
  if (!result.success) {
    for (const issue of result.error.issues) {
      yaml.report(lines.line, `service: ${issue.path.join('.')}: ${issue.message}`);
    }
    return [];
  }
  const service = { by: 'declared' as const, ...result.data, system, ...lines };
  const edges = dependencies.map(({ to, kind, line }) => ({
    by: 'declared' as const,
    from: service.name,
    to,
    kind,
    line,
  }));
  return [{ service, edges }];
}

type WrittenEdge = Pick<EdgeMention, 'to' | 'kind' | 'line'>;

/** A bare name is a synchronous call. */
function readDependencies(list: unknown, yaml: YamlSource): WrittenEdge[] {
  if (list === undefined || (isScalar(list) && list.value === null)) return [];
  if (!isSeq<Node>(list)) {
    yaml.report(isScalar(list) || isMap(list) ? lineOf(list, yaml) : 1, 'dependsOn: must be a list');
    return [];
  }
  return list.items.flatMap((item) => {
    const entry = toPlain(item, yaml);
    if (entry === undefined) return [];
    const line = lineOf(item, yaml);
    const result = WrittenDependency.safeParse(typeof entry === 'string' ? { service: entry } : entry);
    if (result.success) return [{ to: result.data.service, kind: result.data.kind, line }];
    const reasons = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    yaml.report(line, `dependsOn: ${reasons}`);
    return [];
  });
}
