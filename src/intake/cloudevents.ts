import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import type { ReceivedAlert, ReceivedGroup, Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import { readGroup, WireGroup } from './alert-group.ts';
import { refuseMany, refuseSwelling } from './bounds.ts';
import { readEventData } from './cloudevents-data.ts';
import type { ReadContext } from './context.ts';
import { buildGroups, hashOf, identify } from './identity.ts';
import { Moment } from './moments.ts';
import { describeData, statusOf } from './plain-data.ts';
import { Labels, present, Word } from './words.ts';

/** More than a batch of events holds in practice; each may be a whole group. */
const MAX_EVENTS = 1_000;

const Attribute = z.string().min(1).max(2_000);
export const CloudEvent = z.object({
  specversion: z.string().regex(/^1\.\d+$/, 'must be 1.0'),
  id: Attribute,
  source: Attribute,
  type: Attribute,
  subject: Word,
  time: Moment,
  data: z.unknown().optional(),
  data_base64: z.unknown().optional(),
});
export type CloudEvent = Readonly<z.infer<typeof CloudEvent>>;

/** What data of any shape may say as alerts do. */
const AlertFields = z.object({ labels: Labels, startsAt: Moment, endsAt: Moment });

/** What the end of a type says of the alert; before it stands what the alert is. */
const ENDINGS = [
  { status: 'resolved', pattern: /[._-](?:resolved|recovered|closed|cleared|ok|deleted)$/i },
  { status: 'firing', pattern: /[._-](?:firing|fired|triggered|opened|created|raised|alerting)$/i },
  { status: 'neither', pattern: /[._-](?:acknowledged|updated|assigned|commented|annotated|silenced|snoozed|ping)$/i },
] as const;

/** CloudEvents 1.0 over HTTP: one event as JSON, one in `ce-` headers with its data as the body, or a batch. */
export function readCloudEvents(body: unknown, context: ReadContext): Reception {
  const events = listEvents(body, context);
  const read = readEvents(events, context);
  const groups = joinAlike(read.flatMap((reception) => (reception.kind === 'alerts' ? reception.groups : [])));
  if (groups.length > 0) return { kind: 'alerts', groups };
  const first = read.find((reception) => reception.kind === 'ignored');
  return first ?? { kind: 'ignored', why: 'there is no event in it' };
}

function listEvents(body: unknown, { header }: ReadContext): readonly CloudEvent[] {
  const isStructured = /^application\/cloudevents\b/i.test(header('content-type') ?? '');
  if (header('ce-specversion') !== undefined && !isStructured)
    return [parseInput(CloudEvent, readHeaders(body, header))];
  if (!Array.isArray(body)) return [parseInput(CloudEvent, body)];
  if (body.length <= MAX_EVENTS) return parseInput(z.array(CloudEvent), body);
  throw new PrecedentError(
    'input-too-large',
    `there are ${body.length} events in this batch; send at most ${MAX_EVENTS}`,
  );
}

/** Each may be a group as large as a whole delivery may be, so all of them are counted while they are read. */
function readEvents(events: readonly CloudEvent[], context: ReadContext): Reception[] {
  const groups: ReceivedGroup[] = [];
  let alerts = 0;
  const read = events.map((event) => {
    const reception = readEvent(event, context);
    if (reception.kind === 'alerts') {
      groups.push(...reception.groups);
      alerts += reception.groups.reduce((sum, group) => sum + group.alerts.length, 0);
      refuseMany(alerts);
    }
    return reception;
  });
  refuseSwelling(groups);
  return read;
}

function readHeaders(data: unknown, header: ReadContext['header']): object {
  const names = ['specversion', 'id', 'source', 'type', 'subject', 'time'];
  return { ...Object.fromEntries(names.map((name) => [name, decode(header(`ce-${name}`))])), data };
}

/** Headers carry other than ASCII percent-encoded. */
function decode(value: string | undefined): string | undefined {
  try {
    return value === undefined ? undefined : decodeURIComponent(value);
  } catch {
    return value;
  }
}

function readEvent(event: CloudEvent, context: ReadContext): Reception {
  const { data, status, name } = readSituation(event);
  if (isAlertGroup(data)) return readGroup(parseInput(WireGroup, withKey(data, event)), context);
  if (status === 'neither')
    return { kind: 'ignored', why: 'the type of the event neither raises nor resolves an alert' };
  const isFiring = status !== 'resolved';
  const given = AlertFields.safeParse(data).data;
  const { labels, annotations } = describeData(data);
  const told = {
    isFiring,
    labels: { alertname: name, ...present({ subject: event.subject }), ...labels, ...given?.labels },
    annotations,
    fingerprint: keyOf(event, name),
    startsAt: given?.startsAt,
    endsAt: given?.endsAt,
    toldAt: event.time,
  };
  return { kind: 'alerts', groups: buildGroups({ groupKey: told.fingerprint }, [identify(told, context.receivedAt)]) };
}

function readSituation(event: CloudEvent) {
  const data = readEventData(event);
  const ending = ENDINGS.find(({ pattern }) => pattern.test(event.type));
  const name = ending === undefined ? event.type : event.type.replace(ending.pattern, '');
  const isOver = ending?.status === 'resolved' || statusOf(data) === 'resolved';
  return { data, status: isOver && ending?.status !== 'neither' ? 'resolved' : ending?.status, name };
}

/** What an event is about is its subject; one without a subject stands for itself, and is the same only when sent again. */
function keyOf({ source, subject, id }: CloudEvent, name: string): string {
  return hashOf(subject === undefined ? [source, id] : [source, subject, name]);
}

function isAlertGroup(data: unknown): data is { readonly alerts: readonly unknown[] } {
  return typeof data === 'object' && data !== null && 'alerts' in data && Array.isArray(data.alerts);
}

function withKey(data: object, { source, subject }: CloudEvent): object {
  return { ...(subject === undefined ? {} : { groupKey: hashOf([source, subject]) }), ...data };
}

/** Events of one batch about one thing are one group, in the order in which they were sent; not where they say other words for all. */
function joinAlike(groups: readonly ReceivedGroup[]): ReceivedGroup[] {
  if (groups.length < 2) return [...groups];
  const byKey = new Map<string, { readonly head: ReceivedGroup; readonly alerts: ReceivedAlert[] }>();
  for (const group of groups) {
    const { alerts, ...head } = group;
    const key = JSON.stringify(head);
    const alike = byKey.get(key) ?? { head: group, alerts: [] };
    alike.alerts.push(...alerts);
    byKey.set(key, alike);
  }
  return [...byKey.values()].flatMap(({ head, alerts }) => buildGroups(head, alerts));
}
