import type { Diagnosis } from '../src/domain/diagnosis.ts';
import { DiagnosisRequest } from '../src/domain/request.ts';
import type { Embedder } from '../src/ports.ts';
import {
  type DigestCase,
  listProtocols,
  listSignals,
  type Round,
  readDigestCases,
  toPostmortem,
} from './digest-cases.ts';
import { openBundledEmbedder } from './memo-embedder.ts';
import { type Measured, measureGroups } from './metrics.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Category hold-out, and the same cases with nothing left out. */
export interface UnseenReport {
  readonly system: string;
  readonly protocol: string;
  readonly asked: number;
  readonly categories: number;
  /** Each category left out in turn: share of its own cases said to be `unseen`, abstentions among them, and of the others. */
  readonly recall: Measured;
  readonly falseAlarms: Measured;
  /** Were there as many unseen cases as others, and as many as hold-out gives. */
  readonly precision: { readonly balanced: Measured; readonly natural: Measured };
  /** Of the cases whose category was left out. */
  readonly heldOut: {
    /** Answered with `unseen` at a service, and at the right one. */
    readonly answered: Measured;
    readonly rightly: Measured;
    readonly abstained: Measured;
    /** Whether `unseen` is among the hypotheses at all. */
    readonly named: Measured;
    /** Whether the best hypothesis, whatever its category, names the service. */
    readonly service: Measured;
  };
  /** Nothing left out: how often `unseen` is said, and the best hypothesis with it and without it. */
  readonly ordinary: {
    readonly falseUnseen: Measured;
    readonly abstained: Measured;
    readonly withUnseen: Shares;
    readonly withoutUnseen: Shares;
  };
}

interface Shares {
  readonly service: Measured;
  readonly category: Measured;
  readonly both: Measured;
}

interface Named {
  readonly service: string | null;
  readonly category: string;
}

interface Outcome {
  readonly row: DigestCase;
  /** The category that was left out; undefined where none was. */
  readonly heldOut: string | undefined;
  readonly isCalledNew: boolean;
  readonly isAbstained: boolean;
  readonly namesNew: boolean;
  readonly best: Named | undefined;
  readonly bestKnown: Named | undefined;
}

/** Through the whole pipeline; what is left out is withheld, as a backtest withholds it. */
export async function measureUnseen(file: string, note: (text: string) => void): Promise<UnseenReport[]> {
  await using embedder = openBundledEmbedder();
  const reports: UnseenReport[] = [];
  for (const { system, name, rounds } of listProtocols(readDigestCases(file))) {
    const outcomes: Outcome[] = [];
    for (const [at, round] of rounds.entries()) {
      outcomes.push(...(await askRound(round, embedder)));
      note(`${system}: ${at + 1} of ${rounds.length}\n`);
    }
    reports.push(buildReport(outcomes, { system, protocol: name }));
  }
  return reports;
}

async function askRound({ past, asked }: Round, embedder: Embedder): Promise<Outcome[]> {
  await using workbench = await openWorkbench(past.map(toPostmortem), embedder);
  const categories = [...new Set(past.map(({ fault_type }) => fault_type))].sort();
  const outcomes: Outcome[] = [];
  for (const heldOut of [undefined, ...categories]) {
    const withheld = past.filter(({ fault_type }) => fault_type === heldOut).map(({ id }) => id);
    for (const row of asked) outcomes.push(toOutcome(row, heldOut, await ask(workbench, row, withheld)));
  }
  return outcomes;
}

function ask({ app }: Workbench, row: DigestCase, withheld: readonly string[]): Promise<Diagnosis> {
  const request = DiagnosisRequest.parse({
    alert: { labels: { alertname: 'Anomaly' } },
    traceDigest: { signals: listSignals(row) },
    options: { engine: 'precedent' },
  });
  return app.desk.complete(withheld.length === 0 ? request : { ...request, withheld });
}

function toOutcome(row: DigestCase, heldOut: string | undefined, { kind, rootCause, hypotheses }: Diagnosis): Outcome {
  const isNew = ({ category }: Named) => category === 'unseen';
  return {
    row,
    heldOut,
    isCalledNew: isNew(rootCause),
    isAbstained: kind === 'abstained',
    namesNew: hypotheses.some(isNew),
    best: hypotheses[0],
    bestKnown: hypotheses.find((one) => !isNew(one)),
  };
}

export function buildReport(
  outcomes: readonly Outcome[],
  about: Pick<UnseenReport, 'system' | 'protocol'>,
): UnseenReport {
  const groups = [...new Set(outcomes.map(({ row }) => row.id))].map((id) =>
    outcomes.filter(({ row }) => row.id === id),
  );
  const isUnseen = ({ row, heldOut }: Outcome) => row.fault_type === heldOut;
  const isSeen = (one: Outcome) => one.heldOut !== undefined && !isUnseen(one);
  const isOrdinary = ({ heldOut }: Outcome) => heldOut === undefined;
  const share = (of: (one: Outcome) => boolean, holds: (one: Outcome) => boolean) =>
    measureGroups(groups, (rows) => shareOf(rows.filter(of), holds));
  const precision = (isWeighed: boolean) =>
    measureGroups(groups, (rows) => {
      const [unseen, seen] = [rows.filter(isUnseen), rows.filter(isSeen)];
      const [hits, alarms] = [shareOf(unseen, isCalledNew), shareOf(seen, isCalledNew)];
      return isWeighed ? toPrecision(hits * unseen.length, alarms * seen.length) : toPrecision(hits, alarms);
    });
  const sharesOf = (pick: (one: Outcome) => Named | undefined): Shares => ({
    service: share(isOrdinary, (one) => isService(one, pick(one))),
    category: share(isOrdinary, (one) => isCategory(one, pick(one))),
    both: share(isOrdinary, (one) => isService(one, pick(one)) && isCategory(one, pick(one))),
  });
  return {
    ...about,
    asked: groups.length,
    categories: new Set(outcomes.map(({ heldOut }) => heldOut)).size - 1,
    recall: share(isUnseen, isCalledNew),
    falseAlarms: share(isSeen, isCalledNew),
    precision: { balanced: precision(false), natural: precision(true) },
    heldOut: {
      answered: share(isUnseen, isAnsweredNew),
      rightly: share(isUnseen, (one) => isAnsweredNew(one) && isService(one, one.best)),
      service: share(isUnseen, (one) => isService(one, one.best)),
      abstained: share(isUnseen, ({ isAbstained }) => isAbstained),
      named: share(isUnseen, ({ namesNew }) => namesNew),
    },
    ordinary: {
      falseUnseen: share(isOrdinary, isCalledNew),
      abstained: share(isOrdinary, ({ isAbstained }) => isAbstained),
      withUnseen: sharesOf(({ best }) => best),
      withoutUnseen: sharesOf(({ bestKnown }) => bestKnown),
    },
  };
}

function isCalledNew(one: Outcome): boolean {
  return one.isCalledNew;
}

function isAnsweredNew({ isCalledNew, isAbstained }: Outcome): boolean {
  return isCalledNew && !isAbstained;
}

function isService({ row }: Outcome, named: Named | undefined): boolean {
  return named?.service === row.root_cause_service;
}

function isCategory({ row }: Outcome, named: Named | undefined): boolean {
  return named?.category === row.fault_type;
}

function shareOf(rows: readonly Outcome[], holds: (one: Outcome) => boolean): number {
  return rows.length === 0 ? 0 : rows.filter(holds).length / rows.length;
}

/** Where nothing was called new, nothing was wrongly called so. */
function toPrecision(hits: number, alarms: number): number {
  return hits + alarms === 0 ? 1 : hits / (hits + alarms);
}
