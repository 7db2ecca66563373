import type { Incident } from '../domain/document.ts';
import { type AgreedCause, isSameName, toCategory } from './agreed-cause.ts';

type Cause = Pick<AgreedCause, 'service' | 'category'>;

/** What the stored incidents tell of causes, read once for however many diagnoses are compared with it. */
export interface StoredCauses {
  /** By the diagnosis that it was written from. */
  readonly origins: ReadonlyMap<string, Incident>;
  /** Those that name all that the cause names. */
  listTelling(cause: Cause): readonly Incident[];
}

/** As `sections.ts` writes it; whoever rewrites the sentence parts the incident from its diagnosis. */
const ORIGIN = /written from the diagnosis `([^`\n]{1,200})`/;

export function indexCauses(incidents: readonly Incident[]): StoredCauses {
  const origins = new Map<string, Incident>();
  const byCategory = new Map<string, Incident[]>();
  const inUse = incidents.filter(isInUse);
  for (const incident of incidents) {
    for (const { text } of incident.sections) {
      const id = ORIGIN.exec(text)?.[1];
      if (id !== undefined) origins.set(id, incident);
    }
  }
  for (const incident of inUse) {
    const category = toCategory(incident.category ?? '');
    const known = byCategory.get(category);
    if (known) known.push(incident);
    else byCategory.set(category, [incident]);
  }
  const ofCategory = (category: string | undefined) =>
    category === undefined ? inUse : (byCategory.get(category) ?? []);
  return {
    origins,
    listTelling: ({ service, category }) =>
      ofCategory(category).filter(({ rootCause }) => service === undefined || isSameName(service, rootCause?.service)),
  };
}

/** What a newer one has replaced, or its authors gave up, tells nothing any more. */
function isInUse({ supersededBy, status }: Incident): boolean {
  return supersededBy === undefined && status !== 'deprecated';
}
