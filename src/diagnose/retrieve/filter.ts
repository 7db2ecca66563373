import type { Incident, KnowledgeDocument } from '../../domain/document.ts';
import type { Knowledge } from './knowledge.ts';

/** What a question leaves out whatever it resembles. */
export interface DocumentFilter {
  /** Documents about none of these are left out. */
  readonly onlyServices?: readonly string[];
  /** Incidents of other categories are left out, and so is whatever has none. */
  readonly onlyCategories?: readonly string[];
  /** Incidents before this day are left out, and so is whatever has no day. */
  readonly since?: string;
  /** Incidents of this day and later are unknown, and so are undated ones: nobody can say they came before. */
  readonly asOf?: Date;
  /** Incidents of these ids are unknown. */
  readonly withheld?: readonly string[];
}

export type Accept = (key: string) => boolean;

/** Whether a document may answer; undefined when every one may, so that nobody need ask ten thousand times. */
export function buildFilter(filter: DocumentFilter, { documents }: Pick<Knowledge, 'documents'>): Accept | undefined {
  const tests = testsOf(filter);
  if (tests.length === 0) return undefined;
  return (key) => {
    const document = documents.get(key);
    return document !== undefined && tests.every((test) => test(document));
  };
}

function testsOf(filter: DocumentFilter): ((d: KnowledgeDocument) => boolean)[] {
  const { onlyServices, onlyCategories, since, asOf, withheld } = filter;
  const tests: ((document: KnowledgeDocument) => boolean)[] = [];
  if (onlyServices) {
    const services = lowerCase(onlyServices);
    tests.push((document) => document.services.some((service) => services.has(service.toLowerCase())));
  }
  if (onlyCategories) {
    const categories = lowerCase(onlyCategories);
    tests.push((document) => document.kind === 'incident' && categories.has(document.category?.toLowerCase() ?? ''));
  }
  if (since) tests.push((document) => document.kind === 'incident' && (document.date ?? '') >= since);
  if (asOf) {
    const day = dayOf(asOf);
    tests.push((document) => document.kind !== 'incident' || (document.date ?? day) < day);
  }
  if (withheld) {
    const ids = new Set(withheld);
    tests.push((document) => document.kind !== 'incident' || !ids.has(document.id));
  }
  return tests;
}

/** Incidents of the day itself and later are unknown, and so are undated ones: nobody can say they came before. */
export function isKnownAsOf({ date }: Pick<Incident, 'date'>, asOf: Date): boolean {
  const day = dayOf(asOf);
  return (date ?? day) < day;
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** Keeps what is accepted; the map itself when there is no filter. */
export function keepAccepted<T>(found: ReadonlyMap<string, T>, accept: Accept | undefined): ReadonlyMap<string, T> {
  return accept === undefined ? found : new Map([...found].filter(([key]) => accept(key)));
}

/** Services and categories are spelt by people: capitals tell nothing apart. */
function lowerCase(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}
