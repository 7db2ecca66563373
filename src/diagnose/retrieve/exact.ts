import { setImmediate as nextTurn } from 'node:timers/promises';
import { type KnowledgeDocument, keyOf } from '../../domain/document.ts';
import { listErrorCodes } from './error-codes.ts';
import { listIdentifiers } from './tokenise.ts';

export interface ExactQuery {
  readonly text: string;
  readonly alertNames: readonly string[];
  readonly runbookUrls: readonly string[];
}

/** An incident that had the same alert is a look-alike, not an answer: alerts tell symptoms, causes differ. */
const SAME_ALERT_INCIDENT = 0.5;

/** So is a document that quotes the same error code; a code that more documents quote than this tells nothing. */
const SAME_ERROR_CODE = 0.5;
const RARE_CODE = 5;

/** Documents looked through before others get a turn. */
const SLICE = 50;

export interface ExactIndex {
  /**
   * Documents by whether the query names them: 1 when the alert's `runbook_url` ends in the file name, the alert name is
   * the runbook's, or free text holds its id or an alert it is for; less when both quote a rare error code.
   */
  search(query: ExactQuery): Map<string, number>;
}

/** Everything a document may be called by, looked up instead of compared: a question names one of ten thousand. */
export async function buildExactIndex(documents: readonly KnowledgeDocument[]): Promise<ExactIndex> {
  const index = createExactIndex();
  for (const [position, document] of documents.entries()) {
    if (position % SLICE === SLICE - 1) await nextTurn();
    index.add(document);
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
    search({ text, alertNames, runbookUrls }) {
      const codes = listErrorCodes(text).flatMap((code) => {
        const keys = byErrorCode.get(code) ?? [];
        return keys.length > RARE_CODE ? [] : keys;
      });
      const named = [
        ...runbookUrls.flatMap((url) => byFile.get(targetOf(url)) ?? []),
        ...listIdentifiers(text).flatMap((name) => byName.get(name) ?? []),
      ];
      return best([
        ...codes.map((key) => [key, SAME_ERROR_CODE] as const),
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

/** Runbook links differ in host and folder; the last path segment is the file's or the heading's name. */
function targetOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/(?:\/|\.(?:md|markdown|mdx|html?))+$/i, '');
  return path.split('/').at(-1)?.toLowerCase() ?? '';
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
