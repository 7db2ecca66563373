import { z } from 'zod';

/** Label and annotation values arrive as strings from Alertmanager; other senders also put numbers and booleans there. */
const Labels = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String));

const Timestamp = z.iso.datetime({ offset: true });

/** One alert with Alertmanager's own field names (webhook v4). Unknown fields are ignored; all but one word is optional. */
export const Alert = z.object({
  status: z.string().optional(),
  labels: Labels.default({}),
  annotations: Labels.default({}),
  startsAt: Timestamp.optional(),
  /** The zero time (`0001-01-01T00:00:00Z`) means "still firing". */
  endsAt: Timestamp.optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().optional(),
});
export type Alert = Readonly<z.infer<typeof Alert>>;

/** Alertmanager's webhook body: alerts that fire together. */
export const AlertGroup = z.object({
  groupKey: z.string().optional(),
  status: z.string().optional(),
  groupLabels: Labels.default({}),
  commonLabels: Labels.default({}),
  commonAnnotations: Labels.default({}),
  externalURL: z.string().optional(),
  alerts: z.array(Alert).min(1),
});
export type AlertGroup = Readonly<z.infer<typeof AlertGroup>>;

/** What callers send as "the alert": one alert or a whole group. One flat shape, so that a mistake has one address. */
export const AlertInput = z
  .object({ ...Alert.shape, ...AlertGroup.partial().shape })
  .refine((input) => saysSomething(input) || (input.alerts ?? []).some(saysSomething), {
    error: 'an alert needs at least one label or annotation',
  });
export type AlertInput = Readonly<z.infer<typeof AlertInput>>;

const SPEAKING = ['labels', 'annotations', 'commonLabels', 'commonAnnotations', 'groupLabels'] as const;

function saysSomething(input: { readonly [field in (typeof SPEAKING)[number]]?: Record<string, string> | undefined }) {
  return SPEAKING.some((field) => Object.keys(input[field] ?? {}).length > 0);
}

/** A lone alert becomes a group of one, so that everything after this point knows one shape only. */
export function toAlertGroup(input: AlertInput): AlertGroup {
  return {
    groupLabels: input.groupLabels ?? {},
    commonLabels: { ...input.labels, ...input.commonLabels },
    commonAnnotations: { ...input.annotations, ...input.commonAnnotations },
    alerts: input.alerts ?? [input],
    ...(input.groupKey === undefined ? {} : { groupKey: input.groupKey }),
    ...(input.status === undefined ? {} : { status: input.status }),
  };
}

/** When the first of the group's alerts began, or undefined when no sender said. */
export function startOf(group: AlertGroup): Date | undefined {
  const starts = group.alerts.flatMap((alert) => (alert.startsAt === undefined ? [] : [Date.parse(alert.startsAt)]));
  return starts.length === 0 ? undefined : new Date(Math.min(...starts));
}
