/** What a Backstage entity is called by others: `component:default/web`. */
export interface EntityRef {
  /** Lower case; undefined where the reference leaves it to the context. */
  readonly kind: string | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** `[kind:][namespace/]name`, or the same three as a mapping; undefined when it is neither. */
export function parseEntityRef(ref: unknown, namespace: string): EntityRef | undefined {
  const parts = typeof ref === 'string' ? splitRef(ref.trim()) : ref;
  if (typeof parts !== 'object' || parts === null || !('name' in parts)) return undefined;
  const { name } = parts;
  if (typeof name !== 'string' || name === '') return undefined;
  const kind = 'kind' in parts && typeof parts.kind === 'string' ? parts.kind.toLowerCase() : undefined;
  const own = 'namespace' in parts && typeof parts.namespace === 'string' ? parts.namespace : namespace;
  return { kind, namespace: own, name };
}

function splitRef(ref: string): object | undefined {
  const match = /^(?:([^:/]+):)?(?:([^:/]+)\/)?([^:/]+)$/.exec(ref);
  return match ? { kind: match[1], namespace: match[2], name: match[3] } : undefined;
}

/** What an API is known by in every file of the catalog; Backstage compares in lower case. */
export function toApiKey(ref: Pick<EntityRef, 'namespace' | 'name'>): string {
  return `${ref.namespace}/${ref.name}`.toLowerCase();
}
