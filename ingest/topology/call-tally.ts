import type { Dependency, EdgeOrigin } from '../../src/domain/topology.ts';
import type { EdgeMention } from './fragment.ts';

/** Of two ways in which the same call was seen, the one that ties caller and callee closer. */
const CLOSEST_FIRST: readonly (Dependency['kind'] | undefined)[] = ['sync', 'data', 'async', undefined];

/** What tracers call a service whose name nobody set. */
const NAMELESS = /^unknown[-_]service(?::|$)/;

export interface CallTally {
  readonly add: (from: string, to: string, kind: Dependency['kind'] | undefined, calls: number) => void;
  readonly list: () => EdgeMention[];
}

/** Counts observed calls: one edge per caller and callee. A service that calls itself depends on nobody for it. */
export function createCallTally(by: EdgeOrigin): CallTally {
  const callers = new Map<string, Map<string, EdgeMention>>();
  return {
    add: (from, to, kind, calls) => {
      if (from === to || isNameless(from) || isNameless(to)) return;
      const callees = callers.get(from) ?? new Map<string, EdgeMention>();
      callers.set(from, callees);
      const known = callees.get(to) ?? { by, from, to, kind, calls: 0, line: 1 };
      callees.set(to, { ...known, kind: closer(known.kind, kind), calls: (known.calls ?? 0) + calls });
    },
    list: () => [...callers.values()].flatMap((callees) => [...callees.values()]),
  };
}

export function isNameless(service: string): boolean {
  return service === '' || NAMELESS.test(service);
}

function closer(a: Dependency['kind'] | undefined, b: Dependency['kind'] | undefined): Dependency['kind'] | undefined {
  return CLOSEST_FIRST.indexOf(a) <= CLOSEST_FIRST.indexOf(b) ? a : b;
}
