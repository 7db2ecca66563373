import type { Node } from 'yaml';
import { z } from 'zod';
import type { Dependency } from '../../src/domain/topology.ts';
import { parseEntityRef, toApiKey } from './entity-ref.ts';
import { type FoundRef, type RefList, readRefs } from './entity-refs.ts';
import { type ApiMention, type EdgeMention, NO_FACTS, type ServiceMention, type TopologyFacts } from './fragment.ts';
import { lineAlong, linesOf, toPlain, type YamlSource } from './yaml-source.ts';

const Refs = z.array(z.unknown()).nullish();
/** The part of Backstage's descriptor format that tells who calls whom; all else is left alone. */
const Entity = z.object({
  kind: z.string(),
  metadata: z.object({
    name: z.string().min(1),
    namespace: z.string().min(1).default('default'),
    description: z.string().nullish(),
  }),
  spec: z
    .object({
      type: z.string().nullish(),
      owner: z.unknown().optional(),
      system: z.unknown().optional(),
      dependsOn: Refs,
      dependencyOf: Refs,
      providesApis: Refs,
      consumesApis: Refs,
    })
    .nullish(),
});
type Entity = z.infer<typeof Entity>;

/** One entity of a `catalog-info.yaml`. Components and resources are services; an API stands for who provides it. */
export function readEntity(contents: Node, yaml: YamlSource): TopologyFacts {
  const fields = toPlain(contents, yaml);
  if (fields === undefined) return NO_FACTS;
  const result = Entity.safeParse(fields);
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      yaml.report(lineAlong(path, yaml), `entity: ${path.join('.')}: ${message}`);
    }
    return NO_FACTS;
  }
  const entity = result.data;
  const kind = entity.kind.toLowerCase();
  if (kind === 'api' && entity.spec?.type === 'asyncapi')
    return { ...NO_FACTS, eventApis: [toApiKey(entity.metadata)] };
  return kind === 'component' || kind === 'resource' ? readService(entity, kind, yaml) : NO_FACTS;
}

function readService(entity: Entity, kind: 'component' | 'resource', yaml: YamlSource): TopologyFacts {
  const { name, namespace } = entity.metadata;
  const refsOf = (list: RefList) => readRefs(entity.spec?.[list], list, namespace, yaml);
  const dependsOn = refsOf('dependsOn');
  const callees = dependsOn.filter((ref) => ref.kind !== 'api');
  const consumed = [...refsOf('consumesApis'), ...dependsOn.filter((ref) => ref.kind === 'api')];
  return {
    services: [toMention(entity, kind, yaml)],
    edges: [
      ...callees.map((ref) => toEdge(name, ref.name, ref.kind, ref.line)),
      ...refsOf('dependencyOf').map((ref) => toEdge(ref.name, name, kind, ref.line)),
    ],
    apis: [
      ...refsOf('providesApis').map((ref) => toApiMention(name, 'provides', ref)),
      ...consumed.map((ref) => toApiMention(name, 'consumes', ref)),
    ],
    eventApis: [],
  };
}

function toMention({ metadata, spec }: Entity, kind: 'component' | 'resource', yaml: YamlSource): ServiceMention {
  const nameIn = (ref: unknown) => parseEntityRef(ref, metadata.namespace)?.name;
  return {
    by: 'backstage',
    name: metadata.name,
    description: metadata.description ?? undefined,
    owner: nameIn(spec?.owner),
    system: nameIn(spec?.system),
    calledAs: kind === 'resource' ? kindOfResource(spec?.type ?? '') : undefined,
    ...linesOf(yaml.document.contents ?? {}, yaml),
  };
}

/** A resource is read and written, unless its own type says that it is handed work. */
function kindOfResource(type: string): Dependency['kind'] {
  return /queue|topic|stream|broker|kafka|rabbitmq|pubsub|event/i.test(type) ? 'async' : 'data';
}

function toEdge(from: string, to: string, kindOfCallee: string, line: number): EdgeMention {
  return { by: 'backstage', from, to, kind: kindOfCallee === 'resource' ? 'data' : 'sync', line };
}

function toApiMention(component: string, role: ApiMention['role'], ref: FoundRef): ApiMention {
  return { component, api: toApiKey(ref), role, line: ref.line };
}
