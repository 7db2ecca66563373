import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Share } from '../../src/domain/backtest.ts';
import type { Citation, Diagnosis, MitigationStep } from '../../src/domain/diagnosis.ts';
import { type KnowledgeDocument, keyOf } from '../../src/domain/document.ts';
import { formatSource, type SourceRef } from '../../src/domain/source.ts';
import { countShare } from './share.ts';

/** Where citations lead: documents by key, and the files that they were read from. */
export interface Shelf {
  findDocument(key: string): KnowledgeDocument | undefined;
  /** Undefined where the source of the knowledge keeps no file here. */
  findText(path: string): string | undefined;
}

export interface CheckedCitations {
  readonly citations: number;
  /** Mitigation steps and their commands. */
  readonly quotes: number;
  /** What does not resolve, in words. */
  readonly faults: readonly string[];
}

export interface ResolvedAnswers {
  /** Answers in which every citation resolves and every step stands where it is said to. */
  readonly whole: Share;
  readonly citations: number;
  readonly quotes: number;
  readonly faults: readonly string[];
}

export function openShelf(documents: readonly KnowledgeDocument[], folders: readonly string[]): Shelf {
  const byKey = new Map(documents.map((document) => [keyOf(document), document]));
  const texts = new Map<string, string | undefined>();
  const read = (path: string) => {
    const file = folders.map((folder) => join(folder, path)).find((one) => existsSync(one));
    return file === undefined ? undefined : readFileSync(file, 'utf8');
  };
  return {
    findDocument: (key) => byKey.get(key),
    findText(path) {
      if (!texts.has(path)) texts.set(path, read(path));
      return texts.get(path);
    },
  };
}

/**
 * Every citation must name a document of the knowledge and lines that its file has, every document shown the file as it
 * was read, and every step and command must stand in the document that is cited for it.
 */
export function checkCitations(diagnosis: Diagnosis, shelf: Shelf): CheckedCitations {
  const cited = listCitations(diagnosis);
  const steps = diagnosis.mitigation.flatMap((step) => listQuotes(step).map((quote) => ({ quote, step })));
  return {
    citations: cited.length,
    quotes: steps.length,
    faults: [
      ...cited.flatMap((citation) => findFault(citation, shelf) ?? []),
      ...steps.flatMap(({ quote, step }) => findStrangeQuote(quote, step.citation, shelf) ?? []),
    ],
  };
}

function listCitations({ hypotheses, contributing = [], mitigation, precedents, runbooks }: Diagnosis): Citation[] {
  return [
    ...[...hypotheses, ...contributing].flatMap(({ citations, check }) => [
      ...citations,
      ...(check ? [check.citation] : []),
    ]),
    ...mitigation.map(({ citation }) => citation),
    ...precedents.map(({ id, source }) => ({ document: keyOf({ kind: 'incident', id }), source })),
    ...runbooks.map(({ id, source }) => ({ document: keyOf({ kind: 'runbook', id }), source })),
  ];
}

function findFault({ document: key, source }: Citation, shelf: Shelf): string | undefined {
  const document = shelf.findDocument(key);
  if (!document) return `${key} is not in the knowledge`;
  if (document.source.path !== source.path) return `${key} is not ${source.path}`;
  const text = shelf.findText(source.path);
  const lines = text === undefined ? lastLineOf(document) : text.replace(/\n$/, '').split('\n').length;
  if (source.endLine < source.line || source.endLine > lines)
    return `${formatSource(source)}–${source.endLine}: the file has ${lines} lines`;
  if (text !== undefined && blobIdOf(text) !== source.sha) return `${source.path} is not the file that was read`;
  return undefined;
}

/** As git names a file's content. */
function blobIdOf(text: string): SourceRef['sha'] {
  const bytes = Buffer.from(text, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

function lastLineOf({ sections, source }: KnowledgeDocument): number {
  return Math.max(source.endLine, ...sections.map((section) => section.source.endLine));
}

function listQuotes({ step, commands }: MitigationStep): string[] {
  return [step, ...commands].filter((quote) => quote.trim() !== '');
}

function findStrangeQuote(quote: string, { document: key, source }: Citation, shelf: Shelf): string | undefined {
  const sections = shelf.findDocument(key)?.sections.map(({ text }) => text) ?? [];
  const text = shelf.findText(source.path) ?? sections.join('\n');
  // A step's words go on behind its commands, which are quoted by themselves.
  const prose = text.replace(/^\s*(```|~~~)[\s\S]*?^\s*\1[^\S\n]*$/gm, '');
  const isSaid = [text, prose].some((whole) => toInk(whole).includes(toInk(quote)));
  return isSaid ? undefined : `${formatSource(source)} does not say: ${quote}`;
}

/** A step is shown without Markdown's marks, its lines broken and set in anew: the ink must be the same. */
function toInk(text: string): string {
  return text.replace(/\]\([^)\n]{0,2000}\)/g, '').replace(/[\s*_`~[\]\\]/g, '');
}

export function sumUpCitations(checked: readonly CheckedCitations[]): ResolvedAnswers {
  return {
    whole: countShare(checked.map(({ faults }) => faults.length === 0)),
    citations: checked.reduce((sum, { citations }) => sum + citations, 0),
    quotes: checked.reduce((sum, { quotes }) => sum + quotes, 0),
    faults: [...new Set(checked.flatMap(({ faults }) => faults))],
  };
}
