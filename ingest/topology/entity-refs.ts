import { type EntityRef, parseEntityRef } from './entity-ref.ts';
import { lineAlong, type YamlSource } from './yaml-source.ts';

/** The lists of an entity's `spec` that tell who calls whom. */
export const REF_LISTS = ['dependsOn', 'dependencyOf', 'providesApis', 'consumesApis'] as const;
export type RefList = (typeof REF_LISTS)[number];

export interface FoundRef extends EntityRef {
  readonly kind: string;
  readonly line: number;
}

/** What each list may name. Only a list of APIs has a kind that may be left out. */
const KINDS: Readonly<Record<RefList, readonly string[]>> = {
  dependsOn: ['component', 'resource', 'api'],
  dependencyOf: ['component', 'resource'],
  providesApis: ['api'],
  consumesApis: ['api'],
};

/** The references of one list, each with its line; those that name nothing we know how to call are told. */
export function readRefs(
  written: readonly unknown[] | null | undefined,
  list: RefList,
  namespace: string,
  yaml: YamlSource,
): FoundRef[] {
  return (written ?? []).flatMap((entry, index) => {
    const line = lineAlong(['spec', list, index], yaml);
    const ref = parseEntityRef(entry, namespace);
    if (!ref) {
      yaml.report(line, `${list}: must be written as \`kind:namespace/name\``);
      return [];
    }
    const kinds = KINDS[list];
    const [fallback = 'component'] = kinds;
    if (ref.kind === undefined && kinds.length > 1) {
      yaml.report(line, `${list}: ${ref.name} has no kind, and is taken for \`${fallback}:${ref.name}\``);
    }
    const kind = ref.kind ?? fallback;
    if (kinds.includes(kind)) return [{ ...ref, kind, line }];
    yaml.report(line, `${list}: ${kind}:${ref.name} is no ${kinds.join(' or ')}`);
    return [];
  });
}
