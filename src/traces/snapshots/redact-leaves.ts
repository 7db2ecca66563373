import { REDACTION_MARK, type Redactor, writeRedactionMark } from '../../domain/redaction.ts';
import { type BoundedMemory, createBoundedMemory } from './bounded-memory.ts';
import { type Branch, type LeafName, visitLeaves } from './leaves.ts';
import { redactTexts } from './redact-texts.ts';

/** Blacks out the texts of telemetry in place. It repeats itself, so what was looked at is remembered. */
export interface LeafRedactor {
  /** Walks a value and blacks out what is known already. */
  read(value: unknown): Unread;
  /** Blacks out the rest. */
  finish(unread: readonly Unread[]): Promise<void>;
}

/** What of a value has to be looked at. */
export interface Unread {
  readonly leaves: readonly UnreadLeaf[];
  readonly keys: readonly UnreadKey[];
  /** About the length of its JSON as it came. */
  readonly size: number;
}

interface UnreadLeaf {
  readonly name: LeafName;
  readonly value: string | number;
  readonly node: Branch;
  readonly key: string | number;
}

interface UnreadKey {
  readonly key: string;
  readonly node: Branch;
}

interface KnownName {
  /** What stands behind it is a secret. */
  readonly isOfSecret: boolean;
  /** The name itself, redacted. */
  readonly shown: string;
}

/** Ids, counts and timestamps as text: no finder looks for such digits and dashes alone. */
const HARMLESS = /^[0-9a-fA-F-]{0,64}$/;
/** Blacked out behind the name of a secret, and nowhere else. */
const PROBE = 'q7Zk2Wm9Xv4Tb6Rd';
/** Longer texts seldom come twice. */
const LONGEST_REMEMBERED = 300;
const MOST_REMEMBERED = 50_000;

/** Without a redactor nothing is blacked out. */
export function createLeafRedactor(redact: Redactor | undefined): LeafRedactor {
  if (!redact) return { read: (value) => ({ leaves: [], keys: [], size: visitLeaves(value) }), async finish() {} };
  const names = createBoundedMemory<KnownName>(MOST_REMEMBERED);
  const texts = createBoundedMemory<string>(MOST_REMEMBERED);
  return {
    read: (value) => readLeaves(value, names, texts),
    async finish(unread) {
      const leaves = unread.flatMap((one) => one.leaves);
      const keys = unread.flatMap((one) => one.keys);
      const nameOf = await learnNames(
        [...leaves.map(({ name }) => name), ...keys.map(({ key }) => key)],
        names,
        redact,
      );
      await redactLeaves(leaves, (name) => nameOf(name).isOfSecret, texts, redact);
      for (const { key, node } of keys) rename(node, key, nameOf(key).shown);
    },
  };
}

function readLeaves(value: unknown, names: BoundedMemory<KnownName>, texts: BoundedMemory<string>): Unread {
  const leaves: UnreadLeaf[] = [];
  const keys: UnreadKey[] = [];
  // A key is asked for twice in a row, as itself and as the name of its value.
  let last: { readonly name: string; readonly known: KnownName | undefined } = { name: '', known: undefined };
  const find = (name: string) => {
    if (last.name !== name || !last.known) last = { name, known: names.find(name) };
    return last.known;
  };
  const size = visitLeaves(value, {
    key(key, node) {
      if (find(key)?.shown !== key) keys.push({ key, node });
    },
    leaf(name, value, node, key) {
      const isPlain = name === undefined || find(name)?.isOfSecret === false;
      if (isPlain && isHarmless(value)) return;
      const shown = isPlain ? texts.find(String(value)) : undefined;
      if (shown === undefined) leaves.push({ name, value, node, key });
      else if (shown !== value) node[key] = shown;
    },
  });
  return { leaves, keys, size };
}

function isHarmless(value: string | number): boolean {
  return typeof value === 'number' || HARMLESS.test(value);
}

/** Asks the redactor of each name whether what follows it is a secret. */
async function learnNames(
  asked: readonly LeafName[],
  names: BoundedMemory<KnownName>,
  redact: Redactor,
): Promise<(name: LeafName) => KnownName> {
  const all = [...new Set(asked)].filter((name) => name !== undefined);
  const known = new Map(all.map((name) => [name, names.find(name)]));
  const fresh = all.filter((name) => known.get(name) === undefined);
  const shown = await redactTexts(fresh, redact);
  const probed = await redactTexts(
    fresh.map((name) => `${name}=${PROBE}`),
    redact,
  );
  for (const name of fresh) {
    const isOfSecret = !probed.get(`${name}=${PROBE}`)?.endsWith(PROBE);
    const learnt = { isOfSecret, shown: shown.get(name) ?? '' };
    known.set(name, learnt);
    if (name.length <= LONGEST_REMEMBERED) names.keep(name, learnt);
  }
  return (name) => (name === undefined ? undefined : known.get(name)) ?? { isOfSecret: false, shown: name ?? '' };
}

async function redactLeaves(
  leaves: readonly UnreadLeaf[],
  isOfSecret: (name: LeafName) => boolean,
  texts: BoundedMemory<string>,
  redact: Redactor,
): Promise<void> {
  const named = leaves.filter(({ name }) => isOfSecret(name)).map(withName);
  const behindName = await redactTexts(named, redact);
  const plain = leaves.flatMap(({ value }) => (typeof value === 'number' || HARMLESS.test(value) ? [] : value));
  const shown = await redactTexts(plain, redact);
  for (const [text, becomes] of shown) if (text.length <= LONGEST_REMEMBERED) texts.keep(text, becomes);
  for (const leaf of leaves) {
    const { name, value, node, key } = leaf;
    const mark = isOfSecret(name) ? findMark(withName(leaf), behindName) : undefined;
    const becomes = mark ?? (typeof value === 'string' ? shown.get(value) : undefined);
    if (becomes !== undefined && becomes !== value) node[key] = becomes;
  }
}

function withName({ name, value }: UnreadLeaf): string {
  return `${name}=${value}`;
}

/** Of what stands behind the name of a secret nothing stays: a finder may see only the first of its words. */
function findMark(text: string, redacted: ReadonlyMap<string, string>): string | undefined {
  const shown = redacted.get(text) ?? '';
  if (shown === text) return undefined;
  return REDACTION_MARK.exec(shown)?.[0] ?? writeRedactionMark('secret');
}

function rename(node: Branch, key: string, shown: string): void {
  if (shown === key) return;
  let free = shown;
  while (Object.hasOwn(node, free)) free += '_';
  node[free] = node[key];
  delete node[key];
}
