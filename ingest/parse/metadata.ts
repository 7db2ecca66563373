import type { Paragraph, RootContent, Table } from 'mdast';
import type { MarkdownSection } from './markdown.ts';
import { plainText } from './markup.ts';
import { normaliseHeading } from './sections.ts';

/** What people write as `- Services: a, b`, as a table of two columns or as a short section of its own. */
export type Metadata = ReadonlyMap<MetadataKey, string>;

export type MetadataKey = keyof typeof KEYS;

const KEYS = {
  date: [
    'date',
    'incident date',
    'date of incident',
    'started',
    'start',
    'start time',
    'started at',
    'when',
    'occurred',
  ],
  services: [
    'services',
    'service',
    'affected services',
    'affected service',
    'services affected',
    'components',
    'component',
  ],
  severity: ['severity', 'sev', 'priority', 'incident severity'],
  alerts: ['alerts', 'alert', 'alert name', 'alertname', 'alert names', 'firing alert', 'firing alerts'],
  category: ['category', 'root cause category', 'cause category'],
  rootCause: ['root cause', 'cause'],
  rootCauseService: ['root cause service', 'faulty service', 'culprit'],
  duration: ['duration', 'time to resolve', 'outage duration', 'total duration'],
  owner: ['owner', 'owners', 'team', 'owning team'],
  title: ['title'],
} as const;

const KEY_OF: ReadonlyMap<string, MetadataKey> = new Map(
  Object.entries(KEYS).flatMap(([key, names]) =>
    // Object.entries forgets that the keys are the table's own.
    names.map((name) => [name, key as MetadataKey] as const),
  ),
);

/** `Key: value`, where the key is at most four words: longer ones are sentences with a colon. */
const LINE = /^([^\W\d][\w()-]*(?: [\w()-]+){0,3})\s*[::]\s*(.+)$/;

/** The value of a heading such as "Date" is a word or two; what is longer is a section like any other. */
const MAX_SECTION_VALUE = 120;

/** The first mention of each key wins. */
export function findMetadata(sections: readonly MarkdownSection[]): Metadata {
  const found = new Map<MetadataKey, string>();
  for (const [name, value] of sections.flatMap(listPairs)) {
    const key = KEY_OF.get(normaliseHeading(name));
    if (key !== undefined && value !== '' && !found.has(key)) found.set(key, value);
  }
  return found;
}

/** What a word before a colon would be metadata of. */
export function findMetadataKey(name: string): MetadataKey | undefined {
  return KEY_OF.get(normaliseHeading(name));
}

/** Does this paragraph say nothing but metadata? */
export function isMetadataParagraph(node: Paragraph): boolean {
  return plainText(node)
    .split('\n')
    .every((line) => KEY_OF.has(normaliseHeading(LINE.exec(line)?.[1] ?? '')));
}

type Pair = readonly [name: string, value: string];

function listPairs(section: MarkdownSection): Pair[] {
  return [...section.nodes.flatMap(pairsOf), ...headingPair(section)];
}

/** `## Date` above a day. A cause is told in sentences, and its section has a reader of its own. */
function headingPair({ headingPath, text, nodes }: MarkdownSection): Pair[] {
  const [heading, node] = [headingPath.at(-1), nodes[0]];
  if (heading === undefined || node === undefined || nodes.length > 1 || text.length > MAX_SECTION_VALUE) return [];
  const key = KEY_OF.get(normaliseHeading(heading));
  if (key === undefined || key === 'rootCause') return [];
  return [[heading, node.type === 'list' ? node.children.map((item) => plainText(item)).join(', ') : plainText(node)]];
}

function pairsOf(node: RootContent): Pair[] {
  if (node.type === 'paragraph') return plainText(node).split('\n').flatMap(toPair);
  if (node.type === 'table') return tablePairs(node);
  if (node.type !== 'list') return [];
  return node.children.flatMap((item) =>
    item.children.flatMap((child) => (child.type === 'paragraph' ? plainText(child).split('\n').flatMap(toPair) : [])),
  );
}

function toPair(line: string): Pair[] {
  const match = LINE.exec(line.trim());
  return match ? [[match[1] ?? '', (match[2] ?? '').trim()]] : [];
}

/** Either one key and its value per row, or the keys in the header above a single row of values. */
function tablePairs(table: Table): Pair[] {
  const rows = table.children.map((row) => row.children.map((cell) => plainText(cell)));
  const [header = [], only = []] = rows;
  if (header.length === 2 && rows.length !== 2) return rows.map(([name = '', value = '']) => [name, value]);
  if (rows.length !== 2) return [];
  const across: Pair[] = header.map((name, column) => [name, only[column] ?? '']);
  return header.length === 2 ? [...across, ...rows.map(([name = '', value = '']): Pair => [name, value])] : across;
}
