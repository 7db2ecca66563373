import type { JoinReason } from '../domain/outage.ts';
import {
  type Arrival,
  createGathering,
  findRelation,
  type Gathering,
  gather,
  isNear,
  type Relation,
} from './gathering.ts';
import { addLone, beginOutage, type Scene } from './scene.ts';

const FIRST = 'the first of these alerts';

/**
 * One occurrence, by what is the most specific thing known of it:
 * 1. It is part of an outage that goes on: the answer to all of that says more than one to it alone, older or newer.
 * 2. The same situation was answered a while ago, or is being answered: that is its answer. It founds no outage, or two
 *    neighbours that flap would be diagnosed anew with each flap.
 * 3. Too much has begun within the window: it is taken together with whatever else comes now.
 * 4. It is related to occurrences that stand alone so far: they are an outage from now on.
 * 5. It is diagnosed by itself, and may become the first of an outage.
 */
export function decide(scene: Scene, arrival: Arrival): void {
  const outage = findOutage(scene, arrival);
  const diagnosis = scene.answers.get(arrival.situationKey);
  if (outage) join(scene, arrival, outage.gathering, outage.relation);
  else if (diagnosis !== undefined) reuse(scene, arrival, diagnosis);
  else if (scene.begun >= scene.settings.stormAfterDiagnoses) joinStorm(scene, arrival);
  else if (!foundOutage(scene, arrival)) diagnose(scene, arrival);
}

interface Match {
  readonly gathering: Gathering;
  readonly relation: Relation;
}

/** The outage that it is nearest to: by calls, then what has a cause in common before a storm, then the latest to grow. */
function findOutage(scene: Scene, arrival: Arrival): Match | undefined {
  return scene.outages
    .filter(({ closed }) => !closed)
    .flatMap(({ gathering }) => {
      const relation = findRelation(gathering, arrival, scene.neighbourhood, scene.reach);
      return relation ? [{ gathering, relation }] : [];
    })
    .reduce<Match | undefined>((best, match) => (best && compare(best, match) <= 0 ? best : match), undefined);
}

function compare(a: Match, b: Match): number {
  return (
    a.relation.distance - b.relation.distance ||
    Number(a.gathering.storm) - Number(b.gathering.storm) ||
    b.gathering.lastJoinedAt - a.gathering.lastJoinedAt ||
    (a.gathering.id < b.gathering.id ? -1 : 1)
  );
}

function join(scene: Scene, arrival: Arrival, outage: Gathering, relation: Relation): void {
  const isNews = gather(outage, arrival, scene.neighbourhood);
  write(scene, arrival, outage, relation.because, relation.tell());
  if (isNews) bringAlong(scene, arrival, outage);
}

/** What stood alone and is related to the one that joins belongs to the same outage, which only now is known. */
function bringAlong(scene: Scene, arrival: Arrival, outage: Gathering): void {
  for (const { lone, relation } of listRelated(scene, arrival)) {
    gather(outage, lone, scene.neighbourhood);
    write(scene, lone, outage, relation.because, relation.tell());
  }
}

function listRelated(scene: Scene, arrival: Arrival): { readonly lone: Arrival; readonly relation: Relation }[] {
  if (scene.lone.size === 0) return [];
  const around = createGathering(arrival, scene.neighbourhood, arrival.id);
  return [...scene.lone.values()].flatMap((lone) => {
    const relation = findRelation(around, lone, scene.neighbourhood, scene.reach);
    return relation ? [{ lone, relation }] : [];
  });
}

/** True when there was something to found one with: the earliest of what stands alone and is related. */
function foundOutage(scene: Scene, arrival: Arrival): boolean {
  const [first] = listRelated(scene, arrival);
  if (!first) return false;
  const outage = beginOutage(scene, first.lone);
  write(scene, first.lone, outage, 'first', FIRST);
  join(scene, arrival, outage, first.relation);
  bringAlong(scene, arrival, outage);
  return true;
}

function joinStorm(scene: Scene, arrival: Arrival): void {
  const { stormAfterDiagnoses, outageWindowSeconds } = scene.settings;
  const reason = `${stormAfterDiagnoses} diagnoses were begun within ${outageWindowSeconds / 60} min; what comes after them is taken together`;
  const going = scene.outages.findLast(
    ({ gathering, closed }) => gathering.storm && !closed && isNear(gathering, arrival, scene.reach),
  );
  if (going) gather(going.gathering, arrival, scene.neighbourhood);
  write(scene, arrival, going?.gathering ?? beginOutage(scene, arrival, true), 'storm', reason);
}

function reuse(scene: Scene, arrival: Arrival, diagnosis: string): void {
  scene.decisions.set(arrival.id, { occurrence: arrival.id, kind: 'reuse', diagnosis });
  addLone(scene, arrival);
}

function diagnose(scene: Scene, arrival: Arrival): void {
  scene.decisions.set(arrival.id, { occurrence: arrival.id, kind: 'diagnose' });
  scene.answers.set(arrival.situationKey, arrival.id);
  scene.begun++;
  addLone(scene, arrival);
}

/** A diagnosis that was only decided on in this triage is not begun after all. */
function write(scene: Scene, arrival: Arrival, outage: Gathering, because: JoinReason, reason: string): void {
  const { id, services } = arrival;
  if (scene.decisions.get(id)?.kind === 'diagnose') scene.begun--;
  scene.decisions.set(id, { occurrence: id, kind: 'join', outage: outage.id, services, because, reason });
  scene.lone.delete(id);
}
