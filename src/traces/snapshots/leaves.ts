/** What a value is called where it stands; undefined inside a nameless list. */
export type LeafName = string | undefined;

/** An object or a list that JSON.parse could have made. */
export type Branch = Record<string | number, unknown>;

export interface LeafVisitor {
  readonly leaf: (name: LeafName, value: string | number, node: Branch, key: string | number) => void;
  readonly key: (key: string, node: Branch) => void;
}

/** Deeper than any telemetry; what is below is cut off, so that neither this walk nor writing it ends the thread. */
const MAX_DEPTH = 500;
const CUT_OFF = '(nested too deep)';

/** Lists and wrappers of OTLP and Jaeger have no name of their own: their content is called what they belong to. */
const WRAPPERS = new Set([
  'value',
  'values',
  'stringValue',
  'intValue',
  'doubleValue',
  'bytesValue',
  'arrayValue',
  'kvlistValue',
]);

const IGNORE: LeafVisitor = { leaf() {}, key() {} };

/** Visits every text, number and key of a value, and says about how long its JSON is. */
export function visitLeaves(value: unknown, visitor = IGNORE): number {
  const root: Branch = { value };
  return visitValue(root, 'value', undefined, visitor, 0);
}

function visitValue(node: Branch, key: string | number, name: LeafName, visitor: LeafVisitor, depth: number): number {
  const value = node[key];
  if (typeof value === 'string') {
    visitor.leaf(name, value, node, key);
    return value.length + 3;
  }
  if (typeof value === 'number') visitor.leaf(name, value, node, key);
  if (typeof value !== 'object' || value === null) return 8;
  if (depth < MAX_DEPTH) return visitBranch(value as Branch, name, visitor, depth + 1); // Not a leaf, so a branch.
  node[key] = CUT_OFF;
  return CUT_OFF.length;
}

function visitBranch(node: Branch, name: LeafName, visitor: LeafVisitor, depth: number): number {
  let size = 2;
  if (Array.isArray(node)) {
    for (let at = 0; at < node.length; at++) size += visitValue(node, at, name, visitor, depth);
    return size;
  }
  for (const key of Object.keys(node)) {
    visitor.key(key, node);
    size += key.length + 3 + visitValue(node, key, nameOf(node, key, name), visitor, depth);
  }
  return size;
}

/** `{"key": "db.user", "value": …}` calls its value `db.user`. */
function nameOf(node: Branch, key: string, inherited: LeafName): LeafName {
  if (!WRAPPERS.has(key)) return key;
  const sibling = node['key'];
  return typeof sibling === 'string' ? sibling : inherited;
}
