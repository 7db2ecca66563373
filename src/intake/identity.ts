import { createHash } from 'node:crypto';
import type { ReceivedAlert, ReceivedGroup } from '../domain/occurrence.ts';
import { refuseMany, refuseSwelling } from './bounds.ts';

/** As many as one group holds; the rest of a delivery follows in groups of the same key. */
const MAX_ALERTS = 1_000;

/** A sender's own identifier is kept as it is while it is short; what is longer is told apart by its hash. */
const MAX_IDENTIFIER = 200;

/** What a sender tells of one alert. */
export interface ToldAlert {
  readonly isFiring: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fingerprint?: string | undefined;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | undefined;
  /** When the sender told this, by its own clock: the next best to a start. */
  readonly toldAt?: Date | undefined;
  readonly generatorURL?: string | undefined;
}

export type ToldGroup = Omit<ReceivedGroup, 'alerts' | 'groupLabels' | 'commonLabels' | 'commonAnnotations'> &
  Partial<Pick<ReceivedGroup, 'groupLabels' | 'commonLabels' | 'commonAnnotations'>>;

/**
 * An alert with all that tells it from others. Without a fingerprint it is its labels. Without a start it began when the
 * sender told of it, or else when it arrived; that this is a guess is said, because the next delivery guesses differently.
 */
export function identify(told: ToldAlert, receivedAt: Date): ReceivedAlert {
  const { isFiring, labels, annotations, generatorURL } = told;
  const endsAt = isFiring ? undefined : (told.endsAt ?? told.toldAt ?? receivedAt);
  const startsAt = told.startsAt ?? told.toldAt ?? endsAt ?? receivedAt;
  return {
    status: isFiring ? 'firing' : 'resolved',
    labels,
    annotations,
    startsAt: startsAt.toISOString(),
    fingerprint: told.fingerprint === undefined ? fingerprintOf(labels) : toIdentifier(told.fingerprint),
    ...(endsAt === undefined ? {} : { endsAt: endsAt.toISOString() }),
    ...(generatorURL === undefined ? {} : { generatorURL }),
    ...(told.startsAt === undefined ? { startIsGuessed: true } : {}),
  };
}

/** One delivery's alerts as groups that are each small enough to be handled at once. */
export function buildGroups(group: ToldGroup, alerts: readonly ReceivedAlert[]): ReceivedGroup[] {
  refuseMany(alerts.length);
  const starts = Array.from({ length: Math.ceil(alerts.length / MAX_ALERTS) }, (_, at) => at * MAX_ALERTS);
  const whole = { groupLabels: {}, commonLabels: {}, commonAnnotations: {}, ...group };
  refuseSwelling([{ ...whole, alerts }]);
  return starts.map((start) => ({
    ...whole,
    groupKey: toIdentifier(group.groupKey),
    alerts: alerts.slice(start, start + MAX_ALERTS),
  }));
}

/** The same for the same labels, in whatever order they come. */
export function fingerprintOf(labels: Readonly<Record<string, string>>): string {
  return hashOf(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One identifier for several words that only together tell a thing from others. */
export function hashOf(words: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 32);
}

function toIdentifier(text: string): string {
  return text.length > MAX_IDENTIFIER ? hashOf([text]) : text;
}
