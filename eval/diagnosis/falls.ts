import { scoreConfidence } from '../../src/diagnose/confidence/score.ts';
import type { Share } from '../../src/domain/backtest.ts';
import type { RootCause } from '../../src/domain/diagnosis.ts';
import type { DiagnosisQuestion } from '../../src/domain/request.ts';
import type { Look, Scene } from './scene.ts';
import { countShare } from './share.ts';

/** One case to spoil, and the incidents that could be known when it was asked. */
export interface SpoiltQuestion {
  readonly question: DiagnosisQuestion;
  readonly known: readonly string[];
}

/** For each case that could be spoilt so: whether the score fell. */
export interface FallFlags {
  /** COE, with the neighbours of another question in place of its own. */
  readonly neighbours: readonly boolean[];
  /** RCE, with the cause that was named for another question. */
  readonly candidate: readonly boolean[];
  /** RCE, with its own second hypothesis: the hardest candidate there is. */
  readonly rival: readonly boolean[];
}

export interface Falls {
  readonly neighbours: Share;
  readonly candidate: Share;
  readonly rival: Share;
}

/** Fewer neighbours than features look at are no neighbourhood. */
const LEAST_NEIGHBOURS = 5;

export function countFalls(flags: readonly FallFlags[]): Falls {
  return {
    neighbours: countShare(flags.flatMap(({ neighbours }) => neighbours)),
    candidate: countShare(flags.flatMap(({ candidate }) => candidate)),
    rival: countShare(flags.flatMap(({ rival }) => rival)),
  };
}

/**
 * Neighbours are replaced by asking the same question of a history that holds nothing but the other's: so each is as near
 * as it really is. Where nothing could be swapped in (too few others, the same cause, no cause named) a case does not count.
 */
export async function listFalls(spoilt: readonly SpoiltQuestion[], scene: Pick<Scene, 'look'>): Promise<FallFlags> {
  const seen: Seen[] = [];
  for (const one of spoilt) seen.push({ ...one, look: await scene.look(one.question) });
  const flags = { neighbours: [] as boolean[], candidate: [] as boolean[], rival: [] as boolean[] };
  for (const [at, own] of seen.entries()) {
    const others = rotate(seen, at + Math.ceil(seen.length / 2)).filter((other) => other !== own);
    const { coe, rce } = score(own.look);
    const strangers = chooseNeighbours(own, others);
    if (strangers) flags.neighbours.push((await lookAmong(own, strangers, scene)) < coe);
    const named = own.look.prediction.rootCause;
    if (named.category === 'unseen') continue;
    const swapped = others.map(({ look }) => look.prediction.rootCause).find((other) => !isSame(other, named));
    if (swapped) flags.candidate.push(score(own.look, swapped).rce < rce);
    const rival = own.look.prediction.hypotheses.find((other) => !isSame(other, named));
    if (rival) flags.rival.push(score(own.look, rival).rce < rce);
  }
  return flags;
}

interface Seen extends SpoiltQuestion {
  readonly look: Look;
}

function score({ evidence, answerable, prediction }: Look, rootCause: RootCause = prediction.rootCause) {
  return scoreConfidence(evidence, { ...prediction, rootCause }, answerable, { incidents: '' });
}

/** Of the first question that has enough that are not its own, and that could be known. */
function chooseNeighbours(own: Seen, others: readonly Seen[]): ReadonlySet<string> | undefined {
  const taken = new Set(listNeighbours(own));
  const known = new Set(own.known);
  return others
    .map((other) => new Set(listNeighbours(other).filter((id) => known.has(id) && !taken.has(id))))
    .find(({ size }) => size >= LEAST_NEIGHBOURS);
}

function listNeighbours({ look }: Seen): string[] {
  return look.evidence.precedents.map(({ incident }) => incident.id);
}

async function lookAmong(
  { question, known }: Seen,
  allowed: ReadonlySet<string>,
  scene: Pick<Scene, 'look'>,
): Promise<number> {
  const withheld = [...(question.withheld ?? []), ...known.filter((id) => !allowed.has(id))];
  return score(await scene.look({ ...question, withheld: [...new Set(withheld)] })).coe;
}

function isSame(one: RootCause, other: RootCause): boolean {
  return one.service === other.service && one.category === other.category;
}

function rotate<Item>(items: readonly Item[], by: number): Item[] {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}
