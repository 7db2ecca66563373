import type { Reception } from '../domain/occurrence.ts';
import { parseInput } from '../domain/parse-input.ts';
import { readGroup, WireGroup } from './alert-group.ts';
import type { ReadContext } from './context.ts';

/**
 * Alertmanager's webhook, version 4. An end in year 1 is Go's zero time: the alert still fires.
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function readAlertmanager(body: unknown, context: ReadContext): Reception {
  return readGroup(parseInput(WireGroup, body), context);
}
