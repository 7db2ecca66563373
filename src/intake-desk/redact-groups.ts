import { createHash } from 'node:crypto';
import type { ReceivedAlert, ReceivedGroup } from '../domain/occurrence.ts';
import { redactTexts, UNCHECKED } from '../domain/redact-texts.ts';
import type { Redactor } from '../domain/redaction.ts';

/** Holds no words, by its looks. */
const HASH = /^[0-9a-f]{16,64}$/;

type Words = (text: string) => string;
type Labels = Readonly<Record<string, string>>;

/**
 * The groups without secrets in anything that their sender wrote. An alert is never lost for it: where nobody can look for
 * secrets, nothing of the words is kept, and what tells the alert from others is.
 */
export async function redactGroups(groups: readonly ReceivedGroup[], redact: Redactor): Promise<ReceivedGroup[]> {
  try {
    return await redactTogether(groups, redact);
  } catch {
    // One text that cannot be searched takes nothing from the other groups.
    return Promise.all(groups.map((group) => redactAlone(group, redact)));
  }
}

async function redactAlone(group: ReceivedGroup, redact: Redactor): Promise<ReceivedGroup> {
  const [clean] = await redactTogether([group], redact).catch(() => []);
  return clean ?? withoutWords(group);
}

async function redactTogether(groups: readonly ReceivedGroup[], redact: Redactor): Promise<ReceivedGroup[]> {
  const texts = new Set<string>();
  for (const group of groups) {
    mapWords(group, (text) => {
      texts.add(text);
      return text;
    });
  }
  const clean = await redactTexts([...texts], redact);
  return groups.map((group) => mapWords(group, (text) => clean.get(text) ?? UNCHECKED));
}

function mapWords(group: ReceivedGroup, words: Words): ReceivedGroup {
  const { externalURL } = group;
  return {
    groupKey: cleanKey(group.groupKey, words),
    ...(group.status === undefined ? {} : { status: group.status }),
    groupLabels: mapLabels(group.groupLabels, words),
    commonLabels: mapLabels(group.commonLabels, words),
    commonAnnotations: mapLabels(group.commonAnnotations, words),
    ...(externalURL === undefined ? {} : { externalURL: words(externalURL) }),
    alerts: group.alerts.map((alert) => mapAlert(alert, words)),
  };
}

function mapAlert(alert: ReceivedAlert, words: Words): ReceivedAlert {
  const { generatorURL } = alert;
  return {
    ...withoutText(alert),
    labels: mapLabels(alert.labels, words),
    annotations: mapLabels(alert.annotations, words),
    ...(generatorURL === undefined ? {} : { generatorURL: words(generatorURL) }),
  };
}

/** What tells an alert from others, and its end from its beginning. */
function withoutText({ status, startsAt, startIsGuessed, endsAt, fingerprint }: ReceivedAlert) {
  return {
    ...{ status, startsAt, fingerprint: wordless(fingerprint) },
    ...(startIsGuessed === undefined ? {} : { startIsGuessed }),
    ...(endsAt === undefined ? {} : { endsAt }),
  };
}

/** With its name before it, for many a secret is only known by the name that it stands behind. */
function mapLabels(labels: Labels, words: Words): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => {
      const clean = words(`${name}: ${value}`);
      return clean.startsWith(`${name}: `) ? [name, clean.slice(name.length + 2)] : [UNCHECKED, UNCHECKED];
    }),
  );
}

/** Shown to people, and told apart by: in place of one with a secret stands its hash, which is as good for the latter. */
function cleanKey(key: string, words: Words): string {
  return words(key) === key ? key : hashOf(key);
}

/** The same whether or not words could be searched: what is told of the end of an alert must find its beginning. */
function wordless(fingerprint: string): string {
  return HASH.test(fingerprint) ? fingerprint : hashOf(fingerprint);
}

function withoutWords(group: ReceivedGroup): ReceivedGroup {
  const labels = { alertname: UNCHECKED };
  return {
    groupKey: hashOf(group.groupKey),
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    alerts: group.alerts.map((alert) => ({ ...withoutText(alert), labels, annotations: {} })),
  };
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
