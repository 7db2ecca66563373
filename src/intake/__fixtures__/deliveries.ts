import { readFileSync } from 'node:fs';
import type { ReceivedAlert, ReceivedGroup, Reception } from '../../domain/occurrence.ts';
import type { ReadContext } from '../context.ts';

export const RECEIVED_AT = new Date('2026-03-01T10:05:00Z');

/** A context without headers; what a test needs beside is given. */
export function buildContext(over: Partial<ReadContext> & { headers?: Record<string, string> } = {}): ReadContext {
  const { headers = {}, ...rest } = over;
  return { receivedAt: RECEIVED_AT, header: (name) => headers[name], ...rest };
}

type Json = { [key: string]: unknown };

/** A delivery of ours in a sender's shape, read afresh, so that a test may change it. */
export function readFixture(name: string): Json {
  const value: unknown = JSON.parse(readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8'));
  return Object(value);
}

/** A body as it comes out of JSON: a field that is undefined is not there. */
export function arrived(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body));
}

export function groupsOf(reception: Reception): readonly ReceivedGroup[] {
  if (reception.kind === 'ignored') throw new Error(`ignored: ${reception.why}`);
  return reception.groups;
}

export function alertsOf(reception: Reception): ReceivedAlert[] {
  return groupsOf(reception).flatMap(({ alerts }): readonly ReceivedAlert[] => alerts);
}

/** The only alert of a delivery. */
export function alertOf(reception: Reception): ReceivedAlert {
  const [alert, ...more] = alertsOf(reception);
  if (!alert || more.length > 0) throw new Error(`there are ${more.length + (alert ? 1 : 0)} alerts`);
  return alert;
}
