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

/** More than any page holds; a sender that posts more has lost its grouping, and the words repeat long before. */
const MAX_ALERTS = 1_000;
const TOO_MANY = `at most ${MAX_ALERTS} alerts in one group; send the first of them`;

/** Alerts that fire together; what they say in all is asked of whoever uses the list. */
const AlertList = z.array(Alert).min(1).max(MAX_ALERTS, { error: TOO_MANY });

/** Alertmanager's webhook body: alerts that fire together. */
export const AlertGroup = z.object({
  groupKey: z.string().optional(),
  status: z.string().optional(),
  groupLabels: Labels.default({}),
  commonLabels: Labels.default({}),
  commonAnnotations: Labels.default({}),
  externalURL: z.string().optional(),
  alerts: AlertList,
});
export type AlertGroup = Readonly<z.infer<typeof AlertGroup>>;

const SILENT = 'an alert needs at least one label or annotation';

/** A bare list of alerts, where no group can say what its alerts leave out. */
const SpeakingAlerts = AlertList.refine((alerts) => alerts.length === 0 || alerts.some(saysSomething), {
  error: SILENT,
});

/** What callers send as "the alert": one alert or a whole group. One flat shape, so that a mistake has one address. */
export const AlertInput = z
  .object({ ...Alert.shape, ...AlertGroup.partial().shape })
  .refine((input) => saysSomething(input) || (input.alerts ?? []).some(saysSomething), { error: SILENT });
export type AlertInput = Readonly<z.infer<typeof AlertInput>>;

const SPEAKING = ['labels', 'annotations', 'commonLabels', 'commonAnnotations', 'groupLabels'] as const;

function saysSomething(input: { readonly [field in (typeof SPEAKING)[number]]?: Record<string, string> | undefined }) {
  return SPEAKING.some((field) => Object.keys(input[field] ?? {}).length > 0);
}

/** A group, or its alerts alone. The union would only say that neither fits, so the list's own mistake is said here. */
export const AlertGroupInput = z.union([AlertInput, SpeakingAlerts], {
  error: ({ input }) => (Array.isArray(input) && input.length > MAX_ALERTS ? TOO_MANY : undefined),
});

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
  // Spread into Math.min, a long list would overflow the stack.
  return starts.length === 0 ? undefined : new Date(starts.reduce((first, start) => Math.min(first, start)));
}
