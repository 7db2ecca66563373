import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { LibsqlConnection } from '../../src/adapters/libsql-connection.ts';
import { buildStormAlert, type StormKind, type StormSender } from './storm-alerts.ts';
import type { StormServer } from './storm-server.ts';

export interface StormTask {
  readonly alerts: number;
  readonly seconds: number;
  readonly kind: StormKind;
  readonly random: () => number;
}

/** One alert's answer. */
export interface StormAnswer {
  readonly sender: StormSender;
  readonly ms: number;
  /** 0 when the connection failed. */
  readonly status: number;
  readonly location: string | undefined;
}

export interface Posted {
  readonly answers: readonly StormAnswer[];
  /** Of the service's process, each second: [seconds since the beginning, MB]. */
  readonly memory: readonly (readonly [number, number])[];
}

/** What was asked for afterwards: alerts by the status that their location answers with in the end. */
export interface Followed {
  readonly byStatus: ReadonlyMap<number, number>;
  /** From the last alert until all were answered. */
  readonly seconds: number;
}

/** Posts at an even pace whatever the answers take, as independent senders do. */
export async function postStorm(server: StormServer, { alerts, seconds, kind, random }: StormTask): Promise<Posted> {
  const began = performance.now();
  const memory: [number, number][] = [];
  const watching = setInterval(() => memory.push([(performance.now() - began) / 1_000, server.residentMb()]), 1_000);
  const answers: Promise<StormAnswer>[] = [];
  for (let index = 0; index < alerts; index++) {
    const dueIn = began + (index * seconds * 1_000) / alerts - performance.now();
    if (dueIn > 1) await sleep(dueIn);
    answers.push(post(server.url, buildStormAlert(index, kind, new Date(), random)));
  }
  const all = await Promise.all(answers);
  clearInterval(watching);
  return { answers: all, memory };
}

async function post(url: string, { sender, body }: ReturnType<typeof buildStormAlert>): Promise<StormAnswer> {
  const began = performance.now();
  const response = await fetch(`${url}/v1/intake/${sender.name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => undefined);
  await response?.arrayBuffer();
  const ms = performance.now() - began;
  return { sender, ms, status: response?.status ?? 0, location: response?.headers.get('location') ?? undefined };
}

const PATIENCE_MS = 180_000;

/** Asks for every location until none of them is pending, or patience is over. */
export async function followAll(url: string, answers: readonly StormAnswer[]): Promise<Followed> {
  const began = performance.now();
  let open = [...new Set(answers.flatMap(({ location }) => location ?? []))];
  const byStatus = new Map<number, number>();
  while (open.length > 0) {
    const pending: string[] = [];
    for (const location of open) {
      const { status } = await fetch(new URL(location, url)).then(drained);
      if (status === 202 && performance.now() - began < PATIENCE_MS) pending.push(location);
      else byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
    }
    open = pending;
    if (open.length > 0) await sleep(1_000);
  }
  return { byStatus, seconds: (performance.now() - began) / 1_000 };
}

async function drained(response: Response): Promise<Response> {
  await response.arrayBuffer();
  return response;
}

/** What the casebook holds in the end. */
export async function countDiagnoses(dataDir: string): Promise<number> {
  await using casebook = new LibsqlConnection({ url: `file:${dataDir}/casebook.db` });
  const { rows } = await casebook.call((client) => client.execute('SELECT count(*) AS n FROM diagnoses'));
  return Number(rows[0]?.['n']);
}
