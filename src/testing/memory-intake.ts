import { acceptGroups } from '../domain/acceptance.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { IntakeStore } from '../ports/intake.ts';
import type { Casebook } from '../ports.ts';
import { createMemoryCasebook } from './memory-casebook.ts';
import { keepAcceptance, listAlerts, listRecentLone, listUndecided } from './memory-intake-alerts.ts';
import { listAnswered, listHistory } from './memory-intake-history.ts';
import { listMembers, listOpenOutages, listOutages, toStoredOutage } from './memory-intake-outages.ts';
import { MemoryIntakeState } from './memory-intake-state.ts';
import { claim, countDiagnoses, countQueue, findHeld } from './memory-tasks.ts';
import { decide, finish } from './memory-triage.ts';

/** The store in this process's memory: for tests, and for trying things out. What people said is asked of `casebook`. */
export function createMemoryIntake(casebook: Pick<Casebook, 'listVerdicts'> = createMemoryCasebook()): IntakeStore {
  const state = new MemoryIntakeState();
  const turns = new Map<string, { readonly owner: string; readonly until: number }>();
  let isOpen = true;
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!isOpen) throw new PrecedentError('casebook-unavailable', 'the casebook is closed');
    return state;
  };
  return {
    accept: async (groups, at, signal) =>
      keepAcceptance(enter(signal), acceptGroups(groups, state, at), at.toISOString()),
    async findOccurrence(id, signal) {
      const row = enter(signal).occurrences.get(id);
      return row && state.toOccurrence(row);
    },
    listUndecided: async (limit, signal) => listUndecided(enter(signal), limit),
    listOpenOutages: async (since, signal) => listOpenOutages(enter(signal), since.toISOString()),
    listRecentLone: async (since, limit, signal) => listRecentLone(enter(signal), since.toISOString(), limit),
    countDiagnoses: async (since, signal) => countDiagnoses(enter(signal), since.toISOString()),
    listAnswered: async (keys, since, signal) => listAnswered(enter(signal), casebook, keys, since.toISOString()),
    decide: async (outcome, at, newId, signal) => decide(enter(signal), outcome, at.toISOString(), newId),
    claim: async (worker, limit, now, until, signal) => claim(enter(signal), worker, limit, now, until),
    async renew(worker, task, until, signal) {
      const row = findHeld(enter(signal), worker, task);
      if (row) row.leaseUntil = until.getTime();
      return row !== undefined;
    },
    finish: async (task, outcome, at, signal) => finish(enter(signal), task, outcome, at.toISOString()),
    async postpone(worker, task, notBefore, signal) {
      const row = findHeld(enter(signal), worker, task);
      if (row) Object.assign(row, { owner: undefined, notBefore: notBefore.getTime() });
    },
    async listAnsweredBy(diagnosis, limit, signal) {
      const rows = [...enter(signal).occurrences.values()].filter((row) => state.diagnosisOf(row) === diagnosis);
      return rows.slice(0, limit).map((row) => state.toOccurrence(row));
    },
    listAlerts: async (subject, limit, signal) => listAlerts(enter(signal), subject, limit),
    async findOutage(id, signal) {
      const outage = enter(signal).outages.get(id);
      return outage && toStoredOutage(state, outage);
    },
    listMembers: async (outage, limit, signal) => listMembers(enter(signal), outage, limit),
    listOutages: async (namespace, limit, signal) => listOutages(enter(signal), namespace, limit),
    async takeTurn(name, owner, now, until, signal) {
      enter(signal);
      const held = turns.get(name);
      if (held && held.owner !== owner && held.until > now.getTime()) return false;
      turns.set(name, { owner, until: until.getTime() });
      return true;
    },
    async giveBackTurn(name, owner, signal) {
      enter(signal);
      if (turns.get(name)?.owner === owner) turns.delete(name);
    },
    listHistory: async (page, signal) => listHistory(enter(signal), casebook, page),
    countQueue: async (signal) => countQueue(enter(signal)),
    async [Symbol.asyncDispose]() {
      isOpen = false;
    },
  };
}
