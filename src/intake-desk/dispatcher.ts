import type { AnsweredSituation, QueuedOccurrence, TriageOutcome } from '../domain/triage.ts';
import type { Clock, IntakeStore } from '../ports.ts';
import { isDue } from '../triage/rediagnose.ts';
import { type TriageSettings, triage } from '../triage/triage.ts';
import { createLoop, type Loop } from './loop.ts';
import { findTopology, type ReadTopology } from './topology.ts';

/** A triage in figures. */
export interface TriageCounts {
  readonly diagnosed: number;
  readonly joined: number;
  readonly reused: number;
  readonly rediagnosed: number;
}

export interface DispatcherParts {
  readonly intake: Pick<
    IntakeStore,
    | 'listUndecided'
    | 'listOpenOutages'
    | 'listRecentLone'
    | 'countDiagnoses'
    | 'listAnswered'
    | 'decide'
    | 'takeTurn'
    | 'giveBackTurn'
  >;
  readonly readTopology: ReadTopology;
  readonly settings: TriageSettings;
  /** For so long a diagnosis answers the same situation again; 0 is never. */
  readonly reuseMinutes: number;
  /** This process, among those that share the casebook. */
  readonly owner: string;
  readonly now: Clock;
  readonly newId: () => string;
  readonly onTriaged?: ((counts: TriageCounts) => void) | undefined;
  /**
   * These occurrences are answered by a diagnosis that was made before. Called before that is written down, so that it is
   * called again after a crash rather than never.
   */
  readonly onReuse?: ((pairs: readonly Reuse[]) => void | Promise<void>) | undefined;
  /** There are diagnoses to be made. */
  readonly onTasks: () => void;
  readonly onFailure: (what: string, error: unknown) => void;
  readonly idleMs?: number;
  readonly paceMs?: number;
  readonly retryMs?: number;
  readonly turnMs?: number;
}

export interface Reuse {
  readonly occurrence: string;
  readonly diagnosis: string;
}

const TURN = 'triage';
const TURN_MS = 10_000;
/** Renewed so often in its time: on a slow casebook two processes would else take it from each other for ever. */
const RENEWALS = 3;
/** Occurrences of one triage; the process stands still while it is written down. */
const PAGE = 500;
const MAX_LONE = 200;
/** Work that another process accepted is seen after so long, and outages that came to rest. */
const IDLE_MS = 1_000;
/** What arrives within it is decided together. */
const PACE_MS = 200;
/** How often outages that nobody joins are looked at. */
const REST_MS = 5_000;

/**
 * Decides what becomes of what was accepted. Of all processes that share the casebook one does so at a time, or an outage
 * would begin twice.
 */
export function createDispatcher(parts: DispatcherParts): Loop {
  const { intake, owner, settings, turnMs = TURN_MS } = parts;
  const topology = findTopology(parts);
  let lookedAt = 0;

  async function round(): Promise<boolean> {
    if (!(await hasWork()) || !(await takeTurn())) return false;
    const renewal = setInterval(() => void takeTurn().catch(() => {}), turnMs / RENEWALS);
    try {
      return await decideOnce();
    } finally {
      clearInterval(renewal);
      // Another process need not wait for it; should this fail, it waits for the turn's end.
      await intake.giveBackTurn(TURN, owner).catch(() => {});
    }
  }

  /** Reads only: a service at rest writes nothing. */
  async function hasWork(): Promise<boolean> {
    if ((await intake.listUndecided(1)).length > 0) return true;
    const now = parts.now().getTime();
    if (now - lookedAt < REST_MS) return false;
    lookedAt = now;
    const open = await intake.listOpenOutages(ago(settings.maxOutageSeconds));
    return open.some((outage) => isDue(outage, now));
  }

  /** True when there is more. */
  async function decideOnce(): Promise<boolean> {
    const queued = await intake.listUndecided(PAGE);
    const known = await topology(queued[0]?.receivedAt);
    if (known === undefined) return false;
    const state = await readState(queued);
    const outcome = triage({ queued, ...known, ...state, settings, now: parts.now(), newId: parts.newId });
    if (outcome.decisions.length + outcome.rediagnose.length > 0) await writeDown(outcome, state.answered);
    return queued.length === PAGE;
  }

  async function readState(queued: readonly QueuedOccurrence[]) {
    const keys = [...new Set(queued.map(({ situationKey }) => situationKey))];
    return {
      openOutages: await intake.listOpenOutages(ago(settings.maxOutageSeconds)),
      lone: await intake.listRecentLone(ago(2 * settings.outageWindowSeconds), MAX_LONE),
      diagnosed: await intake.countDiagnoses(ago(settings.outageWindowSeconds)),
      answered:
        parts.reuseMinutes > 0 && keys.length > 0 ? await intake.listAnswered(keys, ago(parts.reuseMinutes * 60)) : [],
    };
  }

  async function writeDown(outcome: TriageOutcome, answered: readonly AnsweredSituation[]): Promise<void> {
    const reuses = listReuses(outcome, answered);
    if (reuses.length > 0) await parts.onReuse?.(reuses);
    // Whoever lost the turn meanwhile must not decide: the other one does.
    if (!(await takeTurn())) return;
    await intake.decide(outcome, parts.now(), parts.newId);
    const counts = countDecisions(outcome);
    if (counts.diagnosed + counts.rediagnosed > 0) parts.onTasks();
    parts.onTriaged?.(counts);
  }

  async function takeTurn(): Promise<boolean> {
    const now = parts.now();
    return intake.takeTurn(TURN, owner, now, new Date(now.getTime() + turnMs));
  }

  function ago(seconds: number): Date {
    return new Date(parts.now().getTime() - seconds * 1_000);
  }

  return createLoop({
    run: round,
    idleMs: parts.idleMs ?? IDLE_MS,
    paceMs: parts.paceMs ?? PACE_MS,
    ...(parts.retryMs === undefined ? {} : { retryMs: parts.retryMs }),
    onFailure: (error) => parts.onFailure('triage alerts', error),
  });
}

/** Not those of a diagnosis that is still at work: whoever waits for it is told when it is done. */
function listReuses({ decisions }: TriageOutcome, answered: readonly AnsweredSituation[]): Reuse[] {
  const done = new Set(answered.map(({ diagnosisId }) => diagnosisId));
  return decisions.flatMap((decision) =>
    decision.kind === 'reuse' && done.has(decision.diagnosis)
      ? [{ occurrence: decision.occurrence, diagnosis: decision.diagnosis }]
      : [],
  );
}

function countDecisions({ decisions, rediagnose }: TriageOutcome): TriageCounts {
  const count = (kind: TriageOutcome['decisions'][number]['kind']) =>
    decisions.filter((decision) => decision.kind === kind).length;
  return {
    diagnosed: count('diagnose'),
    joined: count('join'),
    reused: count('reuse'),
    rediagnosed: rediagnose.length,
  };
}
