import type { Incident, KnowledgeDocument } from '../../domain/document.ts';
import type { Pace } from './pace.ts';
import type { Ranked } from './rank.ts';

/** From this share of common word triples on, two texts are one text with other names and dates filled in. */
const SAME_TEXT = 0.7;

/** Only what comes near the first rows is compared; further down nobody looks. */
const COMPARED = 40;

/** A report of a line or two is like every other of its kind; fewer triples than this prove nothing. */
const ENOUGH = 16;

/** Characters read of each: who copies a report copies its beginning. */
const READ = 4_000;

/** Triples kept of each text: the smallest hashes, a fair sample of all (Broder 1997). */
const SKETCH = 64;

/** A row, and the ids of those that are folded into it. */
export interface Folded extends Ranked {
  readonly alike: readonly string[];
}

/**
 * Folds incidents that say nearly the same of one cause into the best ranked of them, and those of one outage: five reports
 * of one event are one precedent, and one vote. What the query names is never folded away.
 */
export function foldDuplicates(ranked: readonly Ranked[]): Folded[] {
  const rows: (Ranked & { alike: string[] })[] = [];
  for (const [position, row] of ranked.entries()) {
    const twin = position < COMPARED && row.scores.exact !== 1 ? rows.find((other) => isAlike(other, row)) : undefined;
    if (twin) twin.alike.push(row.document.id);
    else rows.push({ ...row, alike: [] });
  }
  return rows;
}

/** Reading a story, and comparing two, take as long as reading so many characters. */
const STORY_COST = 2_000;
const COMPARE_COST = 20;

/** Of every incident, the ids of the others that say nearly the same of one cause or belong to the same outage. */
export async function listDuplicates(
  incidents: readonly Incident[],
  pace: Pace,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>(incidents.map(({ id }) => [id, []]));
  const byCause = new Map<string, Incident[]>();
  const byOutage = new Map<string, Incident[]>();
  for (const incident of incidents) {
    push(byCause, storyOf(incident).cause, incident);
    if (incident.outage !== undefined) push(byOutage, incident.outage, incident);
    await pace.spend(STORY_COST);
  }
  for (const group of [...byCause.values(), ...byOutage.values()]) {
    for (const [at, one] of group.entries()) {
      for (const other of group.slice(at + 1).filter((other) => isAlikeIncident(one, other))) {
        found.get(one.id)?.push(other.id);
        found.get(other.id)?.push(one.id);
      }
      await pace.spend(COMPARE_COST * (group.length - at));
    }
  }
  return new Map([...found].map(([id, others]) => [id, [...new Set(others)].sort()]));
}

function push(groups: Map<string, Incident[]>, name: string, incident: Incident): void {
  const group = groups.get(name);
  if (group) group.push(incident);
  else groups.set(name, [incident]);
}

function isAlike({ document: a }: Ranked, { document: b }: Ranked): boolean {
  return a.kind === 'incident' && b.kind === 'incident' && isAlikeIncident(a, b);
}

function isAlikeIncident(a: Incident, b: Incident): boolean {
  if (a.outage !== undefined && a.outage === b.outage) return true;
  const [storyA, storyB] = [storyOf(a), storyOf(b)];
  // One text with another cause filled in is another story.
  if (storyA.cause !== storyB.cause) return false;
  if (Math.min(storyA.sketch.length, storyB.sketch.length) < ENOUGH) return false;
  return isResembling(storyA.sketch, storyB.sketch);
}

/**
 * Whether the Jaccard similarity of two sets of triples reaches `SAME_TEXT`: how many of the smallest hashes of both together
 * are in each. Gives up at the first miss too many, which strangers reach soon.
 */
function isResembling(a: Uint32Array, b: Uint32Array): boolean {
  const union = Math.min(SKETCH, Math.max(a.length, b.length));
  const misses = Math.floor(union * (1 - SAME_TEXT));
  let [atA, atB, missed] = [0, 0, 0];
  for (let seen = 0; seen < union && missed <= misses; seen++) {
    const nextA = a[atA] ?? END;
    const nextB = b[atB] ?? END;
    if (nextA !== nextB) missed++;
    if (nextA <= nextB) atA++;
    if (nextB <= nextA) atB++;
  }
  return missed <= misses;
}

/** Beyond every hash. */
const END = 2 ** 32;

interface Story {
  readonly cause: string;
  readonly sketch: Uint32Array;
}

/** Documents never change, so each is read once however often it is found. */
const stories = new WeakMap<KnowledgeDocument, Story>();

function storyOf(incident: Incident): Story {
  const known = stories.get(incident);
  if (known) return known;
  const cause = `${incident.category ?? ''} at ${incident.rootCause?.service ?? ''}`.toLowerCase();
  const story = { cause, sketch: sketch(incident) };
  stories.set(incident, story);
  return story;
}

function sketch({ title, sections }: Incident): Uint32Array {
  const text = [title, ...sections.map((section) => section.text)].join('\n').slice(0, READ);
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const triples = new Set(words.slice(2).map((word, at) => hash(`${words[at]} ${words[at + 1]} ${word}`)));
  return Uint32Array.from(triples).sort().slice(0, SKETCH);
}

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
