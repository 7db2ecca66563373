import {
  type AlertIdentity,
  alertKey,
  fingerprintKey,
  groupIdentity,
  type KeptAlert,
  type Known,
  type OccurrenceState,
  type Sibling,
} from './kept-alert.ts';

/** Alerts of one fingerprint: those that fire, by their start, and the last that began. */
interface Family {
  readonly firing: Map<string, Sibling>;
  last?: Sibling;
}

/** What is known, with what these groups add to it. */
export class AcceptanceDraft implements Known {
  readonly newAlerts = new Map<string, KeptAlert>();
  readonly ended = new Map<string, string>();
  readonly abandoned = new Map<string, string>();
  readonly occurrences = new Map<string, OccurrenceState>();
  readonly begun = new Set<string>();
  readonly #open = new Map<string, string>();
  readonly #families = new Map<string, Family>();
  readonly #quiet = new Set<string>();
  readonly #known: Known;

  constructor(known: Known) {
    this.#known = known;
  }

  findAlert(key: string): Pick<KeptAlert, 'occurrence' | 'endsAt'> | undefined {
    const kept = this.newAlerts.get(key) ?? this.#known.findAlert(key);
    const endsAt = this.ended.get(key);
    if (kept && endsAt !== undefined) return { ...kept, endsAt };
    return kept && this.#withEnd(kept);
  }

  findSiblings(identity: Omit<AlertIdentity, 'startsAt'>): readonly Sibling[] {
    const { firing, last } = this.#familyOf(identity);
    const siblings =
      last === undefined || last.endsAt === undefined ? [...firing.values()] : [...firing.values(), last];
    return this.abandoned.size === 0 ? siblings : siblings.map((sibling) => this.#withEnd(sibling));
  }

  findOccurrence(id: string): OccurrenceState | undefined {
    return this.occurrences.get(id) ?? this.#known.findOccurrence(id);
  }

  findOpen(identity: string): OccurrenceState | undefined {
    const id = this.#open.get(identity) ?? this.#known.findOpen(identity)?.id;
    const found = id === undefined ? undefined : this.findOccurrence(id);
    return found?.resolvedAt === undefined ? found : undefined;
  }

  put(occurrence: OccurrenceState): void {
    this.occurrences.set(occurrence.id, occurrence);
    if (occurrence.resolvedAt === undefined) this.#open.set(groupIdentity(occurrence), occurrence.id);
  }

  keep(alert: KeptAlert): void {
    const key = alertKey(alert);
    this.newAlerts.set(key, alert);
    addSibling(this.#familyOf(alert), alert);
    this.#count(alert.occurrence, alert.endsAt === undefined ? 1 : 0, alert);
  }

  end(identity: AlertIdentity, endsAt: string): void {
    const key = alertKey(identity);
    const { occurrence } = this.findAlert(key) ?? {};
    addSibling(this.#familyOf(identity), {
      startsAt: identity.startsAt,
      ...(occurrence === undefined ? {} : { occurrence }),
      endsAt,
    });
    const fresh = this.newAlerts.get(key);
    if (fresh) this.newAlerts.set(key, { ...fresh, endsAt });
    else this.ended.set(key, endsAt);
    this.#count(occurrence, -1, { startsAt: identity.startsAt, endsAt });
  }

  /** Of what is over nothing more is told. */
  tell(id: string | undefined, at: Date): void {
    const occurrence = id === undefined ? undefined : this.findOccurrence(id);
    const toldAt = at.toISOString();
    if (occurrence && occurrence.resolvedAt === undefined && occurrence.toldAt < toldAt)
      this.put({ ...occurrence, toldAt });
  }

  /** It ended with all of its alerts when it was told of last, or later, as far as one of them is known to have fired. */
  abandon(occurrence: OccurrenceState): void {
    const { id, toldAt, lastEnd = toldAt } = occurrence;
    const resolvedAt = lastEnd > toldAt ? lastEnd : toldAt;
    this.abandoned.set(id, toldAt);
    this.put({ ...occurrence, firing: 0, lastEnd: resolvedAt, resolvedAt });
  }

  /** Closes those of which nothing fires any more. */
  close(): string[] {
    const closed = [...this.#quiet].flatMap((id) => this.findOccurrence(id) ?? []).filter(({ firing }) => firing === 0);
    this.#quiet.clear();
    for (const occurrence of closed)
      this.put({ ...occurrence, resolvedAt: occurrence.lastEnd ?? occurrence.startedAt });
    return closed.map(({ id }) => id);
  }

  /** What fired in an occurrence that was abandoned ended with it. */
  #withEnd<Kept extends Pick<Sibling, 'occurrence' | 'endsAt'>>(kept: Kept): Kept {
    if (kept.endsAt !== undefined || kept.occurrence === undefined) return kept;
    const endsAt = this.abandoned.get(kept.occurrence);
    return endsAt === undefined ? kept : { ...kept, endsAt };
  }

  /** Built once: a sender may tell of one fingerprint thousands of times. */
  #familyOf(identity: Omit<AlertIdentity, 'startsAt'>): Family {
    const key = fingerprintKey(identity);
    const known = this.#families.get(key);
    if (known) return known;
    const family: Family = { firing: new Map() };
    for (const sibling of this.#known.findSiblings(identity)) addSibling(family, sibling);
    this.#families.set(key, family);
    return family;
  }

  #count(id: string | undefined, change: number, { startsAt, endsAt }: Pick<KeptAlert, 'startsAt' | 'endsAt'>): void {
    const occurrence = id === undefined ? undefined : this.findOccurrence(id);
    if (!occurrence) return;
    const lastEnd = [occurrence.lastEnd ?? '', endsAt ?? ''].toSorted()[1];
    const startedAt = startsAt < occurrence.startedAt ? startsAt : occurrence.startedAt;
    const firing = occurrence.firing + change;
    this.put({ ...occurrence, startedAt, firing, ...(lastEnd ? { lastEnd } : {}) });
    if (firing === 0) this.#quiet.add(occurrence.id);
  }
}

/** Another of them, or what became of one. */
function addSibling(family: Family, sibling: Sibling): void {
  if (sibling.endsAt === undefined) family.firing.set(sibling.startsAt, sibling);
  else family.firing.delete(sibling.startsAt);
  if (family.last === undefined || family.last.startsAt <= sibling.startsAt) family.last = sibling;
}
