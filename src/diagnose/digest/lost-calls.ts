import { type SpanForest, spanAt } from '../../traces/span-forest.ts';
import { type ClientOperations, calleeOf, type OperationKey, toOperationKey } from './client-operations.ts';

/** Whom a client span without another half was meant for, by span index; absent where its name says it. */
export type LostCallees = ReadonlyMap<number, string>;

/** Calls that one operation makes under one name, at one place in the order of such calls. */
interface Place {
  readonly answered: Map<string, number>;
  readonly lost: number[];
}

/** Beyond this, the place in the order says no more. */
const MAX_PLACE = 16;

/**
 * One client operation (`HTTP GET`) may call many services, so its name does not say whom a lost call was meant for; the
 * place where it was made does, by what other traces show there. As many as were lost there before count for whoever
 * is called there most; the rest for whom calls are missing since.
 */
export function attributeLostCalls(
  before: SpanForest | undefined,
  after: SpanForest,
  clients: ClientOperations,
): { readonly before: LostCallees; readonly after: LostCallees } {
  const forests = before ? [before, after] : [after];
  const ambiguous = findAmbiguous(forests, clients);
  const places = listPlaces(after, ambiguous);
  if (!before) return { before: new Map(), after: nameMostCalled(places, places) };
  const placesBefore = listPlaces(before, ambiguous);
  return { before: nameMostCalled(placesBefore, placesBefore), after: nameMissing(placesBefore, places) };
}

/** Client operations seen calling more than one service. */
function findAmbiguous(forests: readonly SpanForest[], clients: ClientOperations): Set<OperationKey> {
  const firsts = new Map<OperationKey, string>();
  const ambiguous = new Set<OperationKey>();
  for (const forest of forests) {
    for (const [index, span] of forest.spans.entries()) {
      const key = toOperationKey(span);
      const callee = clients.has(key) ? calleeOf(forest, index) : undefined;
      if (callee === undefined) continue;
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, callee);
      else if (first !== callee) ambiguous.add(key);
    }
  }
  return ambiguous;
}

function listPlaces(forest: SpanForest, ambiguous: ReadonlySet<OperationKey>): Map<string, Place> {
  const places = new Map<string, Place>();
  if (ambiguous.size === 0) return places;
  for (const [parent, span] of forest.spans.entries()) {
    const calls = [...forest.childrenOf(parent)].filter((child) =>
      ambiguous.has(toOperationKey(spanAt(forest, child))),
    );
    calls.sort((a, b) => spanAt(forest, a).startUs - spanAt(forest, b).startUs);
    const made = new Map<OperationKey, number>();
    for (const call of calls) {
      const key = toOperationKey(spanAt(forest, call));
      const order = made.get(key) ?? 0;
      made.set(key, Math.min(order + 1, MAX_PLACE));
      addToPlace(places, `${toOperationKey(span)}\u0001${key}\u0001${order}`, forest, call);
    }
  }
  return places;
}

function addToPlace(places: Map<string, Place>, name: string, forest: SpanForest, call: number): void {
  const place: Place = places.get(name) ?? { answered: new Map(), lost: [] };
  places.set(name, place);
  const callee = calleeOf(forest, call);
  if (callee !== undefined) place.answered.set(callee, (place.answered.get(callee) ?? 0) + 1);
  else if (forest.childrenOf(call).length === 0) place.lost.push(call);
}

function nameMostCalled(known: ReadonlyMap<string, Place>, places: ReadonlyMap<string, Place>): Map<number, string> {
  const named = new Map<number, string>();
  for (const [name, { lost }] of places) {
    const callee = mostOf(known.get(name)?.answered ?? new Map<string, number>());
    if (callee !== undefined) for (const call of lost) named.set(call, callee);
  }
  return named;
}

function nameMissing(before: ReadonlyMap<string, Place>, after: ReadonlyMap<string, Place>): Map<number, string> {
  const named = nameMostCalled(before, after);
  for (const [name, place] of after) {
    const old = before.get(name);
    if (!old || place.lost.length === 0) continue;
    const growth = sizeOf(place) / sizeOf(old);
    const missing = new Map(
      [...old.answered].map(([callee, calls]) => [callee, calls * growth - (place.answered.get(callee) ?? 0)]),
    );
    const callee = mostOf(missing);
    const asBefore = Math.round(old.lost.length * growth);
    if (callee !== undefined) for (const call of place.lost.slice(asBefore)) named.set(call, callee);
  }
  return named;
}

function sizeOf({ answered, lost }: Place): number {
  return [...answered.values()].reduce((sum, calls) => sum + calls, lost.length);
}

function mostOf(counts: ReadonlyMap<string, number>): string | undefined {
  let best: string | undefined;
  for (const [name, count] of counts) if (best === undefined || count > (counts.get(best) ?? 0)) best = name;
  return best;
}
