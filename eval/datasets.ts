import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PROJECT_DIR } from '../src/config.ts';

/** Third-party data with ground truth lies beside the project, never in it. */
export const DEFAULT_DATA_DIR = resolve(PROJECT_DIR, '..', 'shared', 'data');

export const ALERT_SETS = ['prometheus-operator', 'promscale', 'cnpg', 'threescale'] as const;

const CorpusRow = z.object({ id: z.string(), markdown: z.string() });

const AlertRow = z.object({
  id: z.string(),
  alertname: z.string(),
  severity: z.string(),
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  description: z.string(),
  message: z.string(),
  expr: z.string(),
  relevant: z.array(z.string()),
  query_with_name: z.string(),
  query_without_name: z.string(),
  verbatim_words: z.number().default(0),
});
export type AlertRow = Readonly<z.infer<typeof AlertRow>>;

const PostmortemRow = AlertRow.pick({
  id: true,
  relevant: true,
  query_with_name: true,
  query_without_name: true,
  verbatim_words: true,
});

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

/** A sentence that says why nothing can be measured here, or undefined where the data is. */
export function missingData(dataDir: string): string | undefined {
  const needed = ['alert-to-runbook', 'postmortems', 'trace-faults'].map((folder) => join(dataDir, folder));
  const absent = needed.filter((folder) => !existsSync(folder));
  if (absent.length === 0) return undefined;
  return `skipped: no evaluation data at ${absent.join(' and ')} (name its folder with --data <folder>)`;
}

export function readRetrievalData(dataDir: string): RetrievalData {
  const alertSets = ALERT_SETS.map((name) => readAlertSet(dataDir, name));
  return {
    sets: [...alertSets, poolOf(alertSets), readPostmortems(dataDir)],
    unanswerable: readAlerts(join(dataDir, 'alert-to-runbook', 'no-runbook')),
  };
}

function readAlertSet(dataDir: string, name: string): DataSet {
  const folder = join(dataDir, 'alert-to-runbook', name);
  return {
    name,
    kind: 'runbook',
    variants: ['with-name', 'opaque-name', 'text-only'],
    files: readFiles(folder, 'runbooks'),
    cases: readAlerts(folder),
  };
}

/** All runbooks in one knowledge base, as a company with several products has it. */
function poolOf(sets: readonly DataSet[]): DataSet {
  return {
    name: 'pooled',
    kind: 'runbook',
    variants: ['with-name', 'opaque-name', 'text-only'],
    files: sets.flatMap((set) => set.files),
    cases: sets.flatMap((set) => set.cases),
  };
}

/** The symptoms of an outage are the question, the rest of its report is what they should find. */
function readPostmortems(dataDir: string): DataSet {
  const folder = join(dataDir, 'postmortems');
  const rows = readRows(join(folder, 'queries.jsonl'), PostmortemRow);
  return {
    name: 'postmortems',
    kind: 'incident',
    variants: ['text-only'],
    files: readFiles(folder, 'incidents'),
    cases: rows.map(toCase),
  };
}

function readFiles(folder: string, top: string): KnowledgeFile[] {
  return readRows(join(folder, 'corpus.jsonl'), CorpusRow).map(({ id, markdown }) => ({
    path: `${top}/${toDocumentId(id)}.md`,
    text: markdown,
  }));
}

function readAlerts(folder: string): Case[] {
  return readRows(join(folder, 'queries.jsonl'), AlertRow).map((alert) => ({ ...toCase(alert), alert }));
}

function toCase(row: z.infer<typeof PostmortemRow>): Case {
  return {
    id: row.id,
    text: { named: row.query_with_name, unnamed: row.query_without_name },
    relevant: row.relevant.map(toDocumentId),
    isVerbatim: row.verbatim_words > 0,
  };
}

/** The first part of an id names the data set; no team has a folder of that name. */
function toDocumentId(id: string): string {
  return id.split('/').slice(1).join('/');
}

function readRows<Row>(file: string, schema: z.ZodType<Row>): Row[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = schema.safeParse(JSON.parse(line));
    if (!parsed.success) throw new Error(`${file}:${index + 1}: ${z.prettifyError(parsed.error)}`);
    return [parsed.data];
  });
}
