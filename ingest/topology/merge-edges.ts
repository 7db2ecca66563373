import type { Dependency, EdgeProvenance } from '../../src/domain/topology.ts';
import type { EdgeMention, ServiceMention } from './fragment.ts';
import { mostTrustedFirst, type Placed } from './placed.ts';

/** Callees by caller, both in the order of their most trusted mention. */
export type MergedEdges = ReadonlyMap<string, readonly Dependency[]>;

interface EdgeDraft {
  kind: Dependency['kind'] | undefined;
  readonly provenance: EdgeProvenance[];
}

/** One edge per caller and callee; who knows best says of which kind it is, and everyone who knows of it is named. */
export function mergeEdges(calls: readonly Placed<EdgeMention>[]): MergedEdges {
  const callers = new Map<string, Map<string, EdgeDraft>>();
  for (const call of mostTrustedFirst(calls)) {
    const callees = callers.get(call.from) ?? new Map<string, EdgeDraft>();
    callers.set(call.from, callees);
    const draft = callees.get(call.to) ?? { kind: undefined, provenance: [] };
    callees.set(call.to, draft);
    draft.kind ??= call.kind;
    addProvenance(draft.provenance, call);
  }
  return new Map([...callers].map(([from, callees]) => [from, [...callees].map(toDependency)]));
}

/** One line that says the same twice is one source; it stands last, because lines of a file come together. */
function addProvenance(provenance: EdgeProvenance[], { by, path, line, calls }: Placed<EdgeMention>): void {
  const last = provenance.at(-1);
  const isKnown = last?.by === by && last.source.path === path && last.source.line === line;
  const total = isKnown && last.calls !== undefined ? last.calls + (calls ?? 0) : calls;
  const one = { by, source: { path, line }, ...(total === undefined ? {} : { calls: total }) };
  if (isKnown) provenance[provenance.length - 1] = one;
  else provenance.push(one);
}

function toDependency([service, { kind, provenance }]: readonly [string, EdgeDraft]): Dependency {
  return { service, kind: kind ?? 'sync', provenance };
}

/**
 * Backstage compares names in lower case, so its references are turned to the spelling of the entity they mean; and a
 * database or queue knows better than its callers how it is called.
 */
export function resolveEntities(
  calls: readonly Placed<EdgeMention>[],
  services: readonly ServiceMention[],
): Placed<EdgeMention>[] {
  const entities = new Map<string, ServiceMention>();
  for (const service of services) {
    const key = service.name.toLowerCase();
    if (service.by === 'backstage' && !entities.has(key)) entities.set(key, service);
  }
  return calls.map((call) => {
    if (call.by !== 'backstage') return call;
    const callee = entities.get(call.to.toLowerCase());
    const from = entities.get(call.from.toLowerCase())?.name ?? call.from;
    return { ...call, from, to: callee?.name ?? call.to, kind: callee?.calledAs ?? call.kind };
  });
}
