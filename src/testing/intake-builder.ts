import type { IncomingGroup } from '../domain/acceptance.ts';
import type { ReceivedAlert } from '../domain/occurrence.ts';

/** When what tests accept began, unless they say otherwise. */
export const STARTED = '2026-03-10T12:00:00.000Z';

/** A firing alert; `resolved` in `over` makes it another. */
export function buildReceivedAlert(fingerprint: string, over: Partial<ReceivedAlert> = {}): ReceivedAlert {
  return {
    status: 'firing',
    fingerprint,
    startsAt: STARTED,
    labels: { alertname: 'Slow', service: fingerprint },
    annotations: { summary: `${fingerprint} is slow` },
    ...over,
  };
}

/** A group of one firing alert, unless told otherwise: `o1` is the occurrence's id, and its group is `g1`. */
export function buildIncoming(
  id: string,
  {
    groupKey = id.replace('o', 'g'),
    alerts = [buildReceivedAlert(`a-${id}`)],
    ...over
  }: Partial<Omit<IncomingGroup, 'group'>> & { groupKey?: string; alerts?: ReceivedAlert[] } = {},
): IncomingGroup {
  const [first, ...others] = alerts;
  if (!first) throw new Error('a group holds at least one alert');
  return {
    id,
    namespace: 'default',
    sender: 'alertmanager',
    situationKey: `situation of ${groupKey}`,
    group: { groupKey, groupLabels: {}, commonLabels: {}, commonAnnotations: {}, alerts: [first, ...others] },
    ...over,
  };
}
