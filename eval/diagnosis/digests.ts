import type { Share } from '../../src/domain/backtest.ts';
import type { CalibrationTarget } from '../../src/domain/calibration.ts';
import type { Embedder } from '../../src/ports.ts';
import { listProtocols, type Protocol, type Round, readDigestCases, toPostmortem } from '../digest-cases.ts';
import { toDiagnosisRequest } from '../digests.ts';
import { openWorkbench } from '../workbench.ts';
import { type AnsweredDigest, isCalledUnseen, judgeKnown } from './answers.ts';
import { type CheckedCitations, checkCitations, openShelf, type ResolvedAnswers, sumUpCitations } from './citations.ts';
import { countDecisions, countRight, type DecisionRow, type JudgedWay, judgeWays } from './confidences.ts';
import { countFalls, type FallFlags, type Falls, listFalls } from './falls.ts';
import { openScene } from './scene.ts';
import { countShare } from './share.ts';

/** Of the rounds of a system that has no part to test on: each learns, and calibrates, anew. */
const QUICK_ROUNDS = 3;

const NOTED_EVERY = 20;

export interface DigestSystem {
  readonly system: string;
  readonly protocol: string;
  readonly rounds: number;
  /** Incidents of the first round, which a backtest asks about. */
  readonly past: number;
  /** The best hypothesis, and the best that names a known category: every category of these was known. */
  readonly right: Readonly<Record<CalibrationTarget, Share>>;
  readonly knownRight: Readonly<Record<CalibrationTarget, Share>>;
  readonly calledUnseen: Share;
  readonly answered: Share;
  readonly confidence: readonly JudgedWay[];
  readonly decisions: readonly DecisionRow[];
  readonly falls: Falls;
  readonly citations: ResolvedAnswers;
}

export interface DigestOptions {
  readonly embedder: Embedder;
  readonly quick: boolean;
  readonly note: (text: string) => void;
}

/** Each system as a user would have it: past incidents as postmortems, a backtest of them, then the new ones as alerts. */
export async function measureDigestSystems(file: string, options: DigestOptions): Promise<DigestSystem[]> {
  const systems: DigestSystem[] = [];
  for (const protocol of listProtocols(readDigestCases(file))) systems.push(await measureSystem(protocol, options));
  return systems;
}

export async function measureSystem(protocol: Protocol, options: DigestOptions): Promise<DigestSystem> {
  const rounds = options.quick ? protocol.rounds.slice(0, QUICK_ROUNDS) : protocol.rounds;
  const measured: MeasuredRound[] = [];
  for (const [at, round] of rounds.entries()) {
    const note = (text: string) => options.note(`${protocol.system}, round ${at + 1} of ${rounds.length}: ${text}\n`);
    measured.push(await measureRound(round, { ...options, note }));
  }
  const answers = measured.flatMap((one) => one.answers);
  return {
    system: protocol.system,
    protocol: protocol.name,
    rounds: rounds.length,
    past: rounds[0]?.past.length ?? 0,
    right: countRight(answers),
    knownRight: countRight(answers, judgeKnown),
    calledUnseen: countShare(answers.map(isCalledUnseen)),
    answered: countShare(answers.map(({ diagnosis }) => diagnosis.kind === 'answered')),
    confidence: await judgeWays(answers),
    decisions: countDecisions(answers),
    falls: countFalls(measured.map(({ falls }) => falls)),
    citations: sumUpCitations(measured.flatMap(({ checked }) => checked)),
  };
}

interface MeasuredRound {
  readonly answers: readonly AnsweredDigest[];
  readonly falls: FallFlags;
  readonly checked: readonly CheckedCitations[];
}

async function measureRound({ past, asked }: Round, { embedder, note }: DigestOptions): Promise<MeasuredRound> {
  await using workbench = await openWorkbench(past.map(toPostmortem), embedder);
  const { app, index } = workbench;
  const { calibration } = await app.backtester.run({
    engine: 'precedent',
    onProgress: ({ done, total }) => {
      if (done % NOTED_EVERY === 0) note(`backtest, ${done} of ${total}`);
    },
  });
  const scene = await openScene(app, index, embedder);
  const shelf = openShelf([...scene.knowledge.documents.values()], [app.config.knowledgeDir]);
  const answers: AnsweredDigest[] = [];
  const checked: CheckedCitations[] = [];
  note(`${asked.length} new incidents`);
  for (const row of asked) {
    const diagnosis = await app.desk.complete(toDiagnosisRequest(row));
    answers.push({ row, diagnosis, calibration });
    checked.push(checkCitations(diagnosis, shelf));
  }
  const known = past.map(({ id }) => id);
  note('neighbours and candidates swapped');
  const falls = await listFalls(
    asked.map((row) => ({ question: toDiagnosisRequest(row), known })),
    scene,
  );
  return { answers, falls, checked };
}
