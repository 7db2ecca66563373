import type { TriageDecision, TriageOutcome } from '../domain/triage.ts';
import type { TaskOutcome } from '../ports/intake.ts';
import type { MemoryIntakeState, OccurrenceRow, OutageRow, TaskRow } from './memory-intake-state.ts';

const ANSWER_OF = { ready: 'waiting', done: 'answered', failed: 'failed' } as const;

/** Whoever shares a diagnosis that is begun in the same step finds it. */
const ORDER: readonly TriageDecision['kind'][] = ['diagnose', 'reuse', 'join'];

/** Writes a triage down; what was decided meanwhile stays. */
export function decide(state: MemoryIntakeState, outcome: TriageOutcome, at: string, newId: () => string): void {
  const joined = new Set<OutageRow>();
  const inOrder = outcome.decisions.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  for (const decision of inOrder) {
    const row = state.occurrences.get(decision.occurrence);
    if (row && isOpenTo(row, decision)) apply(state, row, decision, at, joined);
  }
  for (const id of outcome.rediagnose) {
    const outage = state.outages.get(id);
    if (outage) rediagnose(state, outage, at, newId());
  }
  for (const outage of joined) settle(state, outage);
}

/** What is decided stays, but that whoever is alone may yet join an outage. */
function isOpenTo({ status, membership }: OccurrenceRow, { kind }: TriageDecision): boolean {
  return status === 'queued' || (kind === 'join' && membership === undefined && status !== 'filtered');
}

function apply(
  state: MemoryIntakeState,
  row: OccurrenceRow,
  decision: TriageDecision,
  at: string,
  joined: Set<OutageRow>,
): void {
  const { id, namespace } = row.state;
  if (decision.kind === 'diagnose') {
    Object.assign(row, { status: 'waiting', because: 'own', diagnosis: id });
    addTask(state, { id, namespace, subject: { kind: 'occurrence', id }, createdAt: at });
  } else if (decision.kind === 'reuse') {
    const status = ANSWER_OF[state.tasks.get(decision.diagnosis)?.state ?? 'done'];
    // Its diagnosis failed meanwhile: it is decided anew.
    if (status !== 'failed') Object.assign(row, { status, because: 'identical', diagnosis: decision.diagnosis });
  } else {
    const { outage: outageId, services, because, reason } = decision;
    if (row.status === 'queued') Object.assign(row, { status: 'waiting', because: 'outage' });
    row.membership = { outage: outageId, services: [...services], because, reason };
    const known = state.outages.get(outageId);
    const outage = known ?? { id: outageId, namespace, members: [], diagnosedCount: 0 };
    state.outages.set(outageId, outage);
    outage.members.push(row);
    joined.add(outage);
  }
}

/** A task that nobody began yet reads all members when it is begun. */
function rediagnose(state: MemoryIntakeState, outage: OutageRow, at: string, newId: string): void {
  const { id, namespace } = outage;
  const isUnbegun = ({ task, state: s, owner }: TaskRow) =>
    task.subject.id === id && s === 'ready' && owner === undefined;
  const waiting = [...state.tasks.values()].findLast(isUnbegun);
  if (!waiting) {
    addTask(state, { id: newId, namespace, subject: { kind: 'outage', id }, createdAt: at });
    outage.task = newId;
  }
  outage.diagnosedCount = outage.members.length;
  outage.lastDiagnosedAt = at;
}

function addTask(state: MemoryIntakeState, task: TaskRow['task']): void {
  if (!state.tasks.has(task.id)) {
    state.tasks.set(task.id, { task, attempts: 0, lost: 0, state: 'ready', leaseUntil: 0, notBefore: 0 });
  }
}

export function finish(state: MemoryIntakeState, id: string, outcome: TaskOutcome, at: string): void {
  const row = state.tasks.get(id);
  if (row?.state !== 'ready') return;
  row.state = outcome === 'answered' ? 'done' : 'failed';
  row.owner = undefined;
  row.finishedAt = at;
  for (const waiting of state.occurrences.values()) {
    if (waiting.status === 'waiting' && waiting.because !== 'outage' && waiting.diagnosis === id)
      waiting.status = outcome;
  }
  const outage = row.task.subject.kind === 'outage' ? state.outages.get(row.task.subject.id) : undefined;
  if (!outage) return;
  if (outcome === 'answered' && isNewer(state, id, outage.diagnosis)) outage.diagnosis = id;
  settle(state, outage);
}

function isNewer(state: MemoryIntakeState, id: string, than: string | undefined): boolean {
  const order = [...state.tasks.keys()];
  return than === undefined || order.indexOf(id) > order.indexOf(than);
}

/** Its members have the newest answer there is; none where the only diagnoses failed, and nobody is at another. */
function settle(state: MemoryIntakeState, outage: OutageRow): void {
  const tasks = [...state.tasks.values()].filter(({ task }) => task.subject.id === outage.id);
  const isHopeless = tasks.length > 0 && tasks.every((task) => task.state === 'failed');
  for (const member of outage.members) {
    if (outage.diagnosis !== undefined) Object.assign(member, { status: 'answered', because: 'outage' });
    else if (isHopeless && member.because === 'outage') member.status = 'failed';
  }
}
