import { type KnowledgeDocument, keyOf } from '../../domain/document.ts';
import { listErrorCodes } from './error-codes.ts';
import { createPace, type Pace } from './pace.ts';
import { listIdentifiers } from './tokenise.ts';

export interface ExactQuery {
  readonly text: string;
  readonly alertNames: readonly string[];
  readonly runbookUrls: readonly string[];
}

/** An incident that had the same alert is a look-alike, not an answer: alerts tell symptoms, causes differ. */
const SAME_ALERT_INCIDENT = 0.5;

/** So is one of a few documents that quote the same error code; a code that more of them quote than this tells nothing. */
const SAME_ERROR_CODE = 0.5;
const RARE_CODE = 5;

/** Noting a document's names takes as long as reading so many characters. */
const NAMES_COST = 500;

export interface ExactIndex {
  /**
   * Documents by whether the query names them: 1 when the alert's `runbook_url` ends in the file name, the alert name is
   * the runbook's, or free text holds its id, an alert it is for, or an error code that no other document quotes; less when
   * a few quote the code. Where a filter is given, they are counted among the documents that it accepts.
   */
  search(query: ExactQuery, accept?: (key: string) => boolean): Map<string, number>;
}

/** Everything a document may be called by, looked up instead of compared: a question names one of ten thousand. */
export async function buildExactIndex(
  documents: readonly KnowledgeDocument[],
  pace: Pace = createPace(),
): Promise<ExactIndex> {
  const index = createExactIndex();
  for (const document of documents) {
    index.add(document);
    await pace.spend(document.sections.reduce((sum, { text }) => sum + text.length, NAMES_COST));
  }
  return index;
}

/** The same, filled by hand. */
export function createExactIndex(): ExactIndex & { add(document: KnowledgeDocument): void } {
  const byFile = new Map<string, string[]>();
  const byAlert = new Map<string, [key: string, score: number][]>();
  const byName = new Map<string, string[]>();
  const byErrorCode = new Map<string, string[]>();
  return {
    add(document) {
      const key = keyOf(document);
      if (document.kind === 'runbook') append(byFile, fileOf(document).toLowerCase(), key);
      const score = document.kind === 'incident' ? SAME_ALERT_INCIDENT : 1;
      for (const alert of document.alerts) append(byAlert, alert.toLowerCase(), [key, score]);
      for (const name of namesOf(document)) append(byName, name, key);
      for (const code of errorCodesOf(document)) append(byErrorCode, code, key);
    },
    search({ text, alertNames, runbookUrls }, accept = () => true) {
      const named = [
        ...runbookUrls.flatMap((url) => byFile.get(targetOf(url)) ?? []),
        ...listIdentifiers(text).flatMap((name) => byName.get(name) ?? []),
      ];
      return best([
        ...listErrorCodes(text).flatMap((code) => weighQuoting((byErrorCode.get(code) ?? []).filter(accept))),
        ...alertNames.flatMap((name) => byAlert.get(name.toLowerCase()) ?? []),
        ...named.map((key) => [key, 1] as const),
      ]);
    },
  };
}

function best(scores: readonly (readonly [key: string, score: number])[]): Map<string, number> {
  const highest = new Map<string, number>();
  for (const [key, score] of scores) highest.set(key, Math.max(score, highest.get(key) ?? 0));
  return highest;
}

/** Of documents that quote the same error code. The only one is what whoever quotes it looks for. */
function weighQuoting(keys: readonly string[]): (readonly [key: string, score: number])[] {
  if (keys.length > RARE_CODE) return [];
  return keys.map((key) => [key, keys.length === 1 ? 1 : SAME_ERROR_CODE] as const);
}

/** What may stand behind a runbook's name in a link. */
const ENDINGS = ['/', '.md', '.markdown', '.mdx', '.htm', '.html'];

/** Runbook links differ in host and folder; the last path segment is the file's or the heading's name. */
function targetOf(url: string): string {
  const path = url.toLowerCase();
  const tail = path.search(/[?#]/);
  let end = tail === -1 ? path.length : tail;
  const findEnding = () => ENDINGS.find((ending) => path.endsWith(ending, end));
  for (let ending = findEnding(); ending !== undefined; ending = findEnding()) end -= ending.length;
  const name = path.slice(0, end);
  return name.slice(name.lastIndexOf('/') + 1);
}

function fileOf({ id }: KnowledgeDocument): string {
  return id.split('/').at(-1) ?? id;
}

function namesOf(document: KnowledgeDocument): Set<string> {
  const alerts = document.kind === 'runbook' ? document.alerts : [];
  return new Set([document.id, fileOf(document), ...alerts].map((name) => name.toLowerCase()));
}

function errorCodesOf(document: KnowledgeDocument): Set<string> {
  return new Set([document.title, ...document.sections.map(({ text }) => text)].flatMap(listErrorCodes));
}

function append<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list) list.push(item);
  else lists.set(name, [item]);
}
