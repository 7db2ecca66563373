import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PROJECT_DIR } from '../src/config.ts';
import { CorpusRow, namedTextOf, QuestionRow, readRows, textOf } from './data-rows.ts';

/** Third-party data with ground truth lies beside the project, never in it. */
export const DEFAULT_DATA_DIR = resolve(PROJECT_DIR, '..', 'shared', 'data');

/** Folders that hold sets, each set in a folder of its own or one set in the folder itself. */
const ALERTS = 'alert-to-runbook';
const POSTMORTEMS = 'postmortems';

export type AlertRow = QuestionRow;

/** What a question gives away: a name match is trivial, so the honest ones go without. */
export type Variant = 'with-name' | 'opaque-name' | 'text-only';

/** One thing to find: an alert with its annotations, or nothing but a text. */
export interface Case {
  readonly id: string;
  readonly alert?: AlertRow;
  /** The question as plain text, with the alert's name and without. */
  readonly text: { readonly named: string; readonly unnamed: string };
  /** Ids of the documents that answer it; none for an alert that nothing answers. */
  readonly relevant: readonly string[];
  /** Does it share a fragment with its document, word for word? */
  readonly isVerbatim: boolean;
}

/** A file as it would lie in a knowledge folder. */
export interface KnowledgeFile {
  readonly path: string;
  readonly text: string;
}

export interface DataSet {
  readonly name: string;
  readonly kind: 'runbook' | 'incident';
  readonly variants: readonly Variant[];
  readonly files: readonly KnowledgeFile[];
  readonly cases: readonly Case[];
}

export interface RetrievalData {
  readonly sets: readonly DataSet[];
  /** Alerts that none of the runbooks answers. */
  readonly unanswerable: readonly Case[];
}

/** A sentence that says why nothing can be measured here, or undefined where all of `folders` are. */
export function missingData(dataDir: string, folders: readonly string[] = []): string | undefined {
  const needed = folders.map((folder) => join(dataDir, folder));
  const absent = needed.filter((folder) => !existsSync(folder));
  if (folders.length === 0 && [ALERTS, POSTMORTEMS].every((folder) => !existsSync(join(dataDir, folder)))) {
    absent.push(join(dataDir, ALERTS), join(dataDir, POSTMORTEMS));
  }
  if (absent.length === 0) return undefined;
  return `skipped: no evaluation data at ${absent.join(' and ')} (name its folder with --data <folder>)`;
}

/** Every set of the known formats below the folder, whatever its name. */
export function readRetrievalData(dataDir: string): RetrievalData {
  const alerts = readGroup(dataDir, ALERTS);
  const postmortems = readGroup(dataDir, POSTMORTEMS);
  const alertSets = listSets(alerts);
  const pool = alertSets.length > 1 ? [poolOf(alertSets)] : [];
  const sets = [...alertSets, ...pool, ...listSets(postmortems)];
  if (sets.length === 0) throw new Error(`${dataDir}: not a single set with a ${CORPUS} and a ${QUERIES}`);
  return { sets, unanswerable: [...alerts, ...postmortems].flatMap(({ unanswerable }) => unanswerable) };
}

function listSets(group: readonly Read[]): DataSet[] {
  return group.flatMap(({ set }) => (set ? [set] : []));
}

const CORPUS = 'corpus.jsonl';
const QUERIES = 'queries.jsonl';

interface Read {
  readonly set?: DataSet;
  readonly unanswerable: readonly Case[];
}

function readGroup(dataDir: string, group: string): Read[] {
  const folder = join(dataDir, group);
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  const isSet = entries.some((entry) => entry.isFile() && entry.name.endsWith('.jsonl'));
  const folders = isSet
    ? [folder]
    : entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  if (folders.length === 0) throw new Error(`${folder} holds no set: a folder with a ${CORPUS} and a ${QUERIES}`);
  return folders.sort().map((place) => readSet(place, group === ALERTS ? 'runbook' : 'incident'));
}

/** A folder without a corpus holds questions that nothing answers. */
function readSet(folder: string, kind: DataSet['kind']): Read {
  assertFormat(folder);
  const rows = readRows(join(folder, QUERIES), QuestionRow);
  if (!existsSync(join(folder, CORPUS))) {
    const answered = rows.find(({ relevant }) => relevant.length > 0);
    if (answered) throw new Error(`${folder}: ${answered.id} has an answer, but there is no ${CORPUS} to find it in`);
    return { unanswerable: rows.map((row) => toCase(row, kind, asIs)) };
  }
  const corpus = readRows(join(folder, CORPUS), CorpusRow);
  const toDocumentId = chooseIds(corpus.map(({ id }) => id));
  const cases = rows.map((row) => toCase(row, kind, toDocumentId));
  const asked = cases.filter(({ relevant }) => relevant.length > 0);
  const unanswerable = cases.filter(({ relevant }) => relevant.length === 0);
  if (asked.length === 0) return { unanswerable };
  const top = kind === 'runbook' ? 'runbooks' : 'incidents';
  const files = corpus.map(({ id, markdown }) => ({ path: `${top}/${toDocumentId(id)}.md`, text: markdown }));
  assertFound(
    folder,
    files.map(({ path }) => toId(path)),
    asked,
  );
  const variants: Variant[] = asked.some(({ alert }) => alert)
    ? ['with-name', 'opaque-name', 'text-only']
    : ['text-only'];
  return { set: { name: basename(folder), kind, variants, files, cases: asked }, unanswerable };
}

function assertFormat(folder: string): void {
  const names = readdirSync(folder);
  if (names.includes(QUERIES)) return;
  throw new Error(
    `${folder}: an unknown format: expected ${CORPUS} and ${QUERIES}, found ${names.join(', ') || 'nothing'}`,
  );
}

/** A question whose answer is not there would count against every system, and say nothing about any of them. */
function assertFound(folder: string, ids: readonly string[], cases: readonly Case[]): void {
  const known = new Set(ids);
  if (known.size < ids.length) throw new Error(`${folder}: two documents of ${CORPUS} have one id`);
  const lost = cases.find(({ relevant }) => relevant.some((id) => !known.has(id)));
  if (lost)
    throw new Error(`${folder}: ${lost.id} is answered by ${lost.relevant.join(', ')}, which is not in ${CORPUS}`);
}

/** All runbooks in one knowledge base, as a company with several products has it. Names that clash get their set's. */
function poolOf(sets: readonly DataSet[]): DataSet {
  const paths = sets.flatMap(({ files }) => files.map(({ path }) => path));
  const placed = new Set(paths).size === paths.length ? sets : sets.map(moveApart);
  return {
    name: 'pooled',
    kind: 'runbook',
    variants: ['with-name', 'opaque-name', 'text-only'],
    files: placed.flatMap((set) => set.files),
    cases: placed.flatMap((set) => set.cases),
  };
}

function moveApart(set: DataSet): DataSet {
  return {
    ...set,
    files: set.files.map(({ path, text }) => ({ path: path.replace('/', `/${set.name}/`), text })),
    cases: set.cases.map((one) => ({ ...one, relevant: one.relevant.map((id) => `${set.name}/${id}`) })),
  };
}

function toCase(row: QuestionRow, kind: DataSet['kind'], toDocumentId: (id: string) => string): Case {
  return {
    id: row.id,
    // Symptoms of an outage are a text, whoever wrote them down.
    ...(kind === 'runbook' && row.alertname !== '' ? { alert: row } : {}),
    text: { named: namedTextOf(row), unnamed: textOf(row) },
    relevant: row.relevant.map(toDocumentId),
    isVerbatim: row.verbatim_words > 0,
  };
}

/** The id that a document gets from its place in the knowledge folder. */
export function toId(path: string): string {
  return path.replace(/^[^/]+\//, '').replace(/\.md$/, '');
}

/** The first part of an id names the data set: no team has a folder of that name. Kept where ids would clash. */
function chooseIds(ids: readonly string[]): (id: string) => string {
  const bare = ids.map(withoutFirst);
  return bare.every((id) => id !== '') && new Set(bare).size === ids.length ? withoutFirst : asIs;
}

function withoutFirst(id: string): string {
  return id.split('/').slice(1).join('/');
}

function asIs(id: string): string {
  return id;
}
