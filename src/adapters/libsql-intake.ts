import type { InStatement, Row } from '@libsql/client';
import { untilAborted } from '../domain/until-aborted.ts';
import type { IntakeStore } from '../ports/intake.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';
import { accept } from './libsql-intake-accept.ts';
import { decide, finish } from './libsql-intake-decide.ts';
import { listAnswered, listHistory, toAnswered, toHistory } from './libsql-intake-history.ts';
import {
  findOccurrence,
  listAlerts,
  listAnsweredBy,
  listRecentLone,
  listUndecided,
  toAlert,
  toLone,
  toOccurrence,
  toQueued,
} from './libsql-intake-occurrences.ts';
import {
  findOutage,
  listMembers,
  listOpen,
  listOutages,
  toMember,
  toOpenOutage,
  toStoredOutage,
} from './libsql-intake-outages.ts';
import {
  claim,
  countDiagnoses,
  countQueue,
  giveBackTurn,
  postpone,
  renew,
  takeTurn,
  toQueueState,
  toTasks,
} from './libsql-intake-tasks.ts';

/** Alerts and who works on them, in the casebook's database, which several replicas share. */
export function createLibsqlIntake(place: LibsqlOptions | LibsqlConnection): IntakeStore {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  const read = async (statement: InStatement, signal?: AbortSignal): Promise<readonly Row[]> => {
    if (!signal?.aborted && connection.isUnwritten()) return [];
    return (await connection.call((client) => client.execute(statement), { signal })).rows;
  };
  const change = async (statement: InStatement, signal?: AbortSignal): Promise<boolean> =>
    (await connection.call((client) => client.execute(statement), { signal })).rowsAffected > 0;
  const write = (statements: InStatement[], signal?: AbortSignal) =>
    connection.call((client) => client.batch(statements, 'write'), { signal });
  // One after the other: two at once would only find each other in the way.
  let last: Promise<unknown> = Promise.resolve();
  return {
    accept(groups, at, signal) {
      const accepting = last.then(() => connection.call((client) => accept(client, groups, at), { signal }));
      last = accepting.catch(() => undefined);
      return untilAborted(accepting, signal);
    },
    async findOccurrence(id, signal) {
      const [row] = await read(findOccurrence(id), signal);
      return row && toOccurrence(row);
    },
    listUndecided: async (limit, signal) => (await read(listUndecided(limit), signal)).map(toQueued),
    listOpenOutages: async (since, signal) => (await read(listOpen(since), signal)).map(toOpenOutage),
    listRecentLone: async (since, limit, signal) => (await read(listRecentLone(since, limit), signal)).map(toLone),
    async countDiagnoses(since, signal) {
      const rows = await read(countDiagnoses(since), signal);
      return new Map(rows.map((row) => [String(row['namespace']), Number(row['diagnoses'])]));
    },
    listAnswered: async (keys, since, signal) => (await read(listAnswered(keys, since), signal)).map(toAnswered),
    async decide(outcome, at, newId, signal) {
      const statements = decide(outcome, at, newId);
      if (statements.length > 0) await write(statements, signal);
    },
    claim: async (worker, limit, now, until, signal) => toTasks(await read(claim(worker, limit, now, until), signal)),
    renew: (worker, task, until, signal) => change(renew(worker, task, until), signal),
    async finish(task, outcome, at, signal) {
      await write(finish(task, outcome, at), signal);
    },
    async postpone(worker, task, notBefore, signal) {
      await change(postpone(worker, task, notBefore), signal);
    },
    listAnsweredBy: async (diagnosis, limit, signal) =>
      (await read(listAnsweredBy(diagnosis, limit), signal)).map(toOccurrence),
    listAlerts: async (subject, limit, signal) => (await read(listAlerts(subject, limit), signal)).map(toAlert),
    async findOutage(id, signal) {
      const [row] = await read(findOutage(id), signal);
      return row && toStoredOutage(row);
    },
    listMembers: async (outage, limit, signal) => (await read(listMembers(outage, limit), signal)).map(toMember),
    listOutages: async (namespace, limit, signal) =>
      (await read(listOutages(namespace, limit), signal)).map(toStoredOutage),
    takeTurn: (name, owner, now, until, signal) => change(takeTurn(name, owner, now, until), signal),
    async giveBackTurn(name, owner, signal) {
      await change(giveBackTurn(name, owner), signal);
    },
    listHistory: async (page, signal) => toHistory(await read(listHistory(page), signal), page.limit),
    countQueue: async (signal) => toQueueState((await read(countQueue, signal))[0]),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
