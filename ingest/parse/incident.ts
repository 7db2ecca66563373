import type { RootContent } from 'mdast';
import { z } from 'zod';
import type { Incident, Section, SectionRole } from '../../src/domain/document.ts';
import { Signal } from '../../src/domain/signal.ts';
import { cutAtSentence } from '../chunk/sentences.ts';
import { findAlertMentions } from './alert-names.ts';
import { inferCategory } from './category.ts';
import { findDate } from './dates.ts';
import { IsoDay, Text } from './field-reader.ts';
import { plainText } from './markup.ts';
import { findServiceMentions } from './named-services.ts';
import { chooseList, inferredOf, type Outline, optional } from './outline.ts';
import { findSeverity } from './severity.ts';
import { findSignals } from './signal-lines.ts';

type RootCause = NonNullable<Incident['rootCause']>;

/** What happened once, from a postmortem in whatever style its team writes them. */
export function toIncident(outline: Outline): Incident {
  const { id, title, fields, metadata, inference, basics } = outline;
  const { choose } = inference;
  const rootCause = choose('rootCause', fields.take('rootCause', RootCauseField), () => inferRootCause(outline));
  const category = toCategory(fields.take('category', Text));
  const severity = () => metadata.get('severity') ?? findSeverity([title, ...textsOf(outline, 'summary')]);
  return {
    kind: 'incident',
    id,
    title,
    services: chooseList(outline, 'services', () => inferServices(outline, rootCause)),
    alerts: chooseList(outline, 'alerts', () => inferAlerts(outline)),
    signals: choose('signals', fields.takeList('signals', Signal), () => inferSignals(outline)) ?? [],
    ...basics,
    ...optional('severity', choose('severity', fields.take('severity', Text), severity)),
    ...optional(
      'date',
      choose('date', fields.take('date', IsoDay), () => inferDate(outline)),
    ),
    ...optional(
      'category',
      choose('category', category, () => categoryOf(outline, rootCause)),
    ),
    ...optional('rootCause', rootCause),
    ...optional(
      'duration',
      choose('duration', fields.take('duration', Text), () => metadata.get('duration')),
    ),
    ...optional('outage', fields.take('outage', Text)),
    ...optional('supersededBy', fields.take('supersededBy', Text)),
    ...inferredOf(outline),
  };
}

function textsOf({ parts }: Outline, ...roles: readonly SectionRole[]): string[] {
  return parts.flatMap(({ section }) => (roles.includes(section.role) ? [section.text] : []));
}

/** The path is a convention and the text may name many days, so the path is asked first, and the text last of all. */
function inferDate(outline: Outline): string | undefined {
  const compact = outline.name.replace(/(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)/, '$1-$2-$3');
  const places = [
    ...[compact, outline.metadata.get('date') ?? '', outline.heading ?? ''],
    ...(['timeline', 'summary', 'other'] as const).map((role) => textsOf(outline, role)[0] ?? ''),
  ];
  return places.map(findDate).find((date) => date !== undefined);
}

/** Alerts are named where a postmortem tells how it was noticed; elsewhere only those that it says went off. */
function inferAlerts(outline: Outline): string[] {
  const noticed = textsOf(outline, 'detection', 'trigger').flatMap((text) => findAlertMentions(text, true));
  const told = textsOf(outline, 'summary', 'timeline', 'impact').flatMap((text) => findAlertMentions(text, false));
  return [...new Set([...noticed, ...told])];
}

function inferSignals({ parts }: Outline): Signal[] {
  return [...new Set(parts.flatMap(({ section }) => findSignals(section.text)))];
}

function inferServices(outline: Outline, rootCause: RootCause | undefined): string[] {
  if (rootCause?.service !== undefined) return [rootCause.service];
  const texts = textsOf(outline, 'summary', 'impact', 'detection', 'root-cause', 'trigger', 'other');
  return [...new Set(texts.flatMap(findServiceMentions))];
}

function categoryOf(outline: Outline, rootCause: RootCause | undefined): string | undefined {
  const stated = toCategory(outline.metadata.get('category'));
  if (stated !== undefined || rootCause === undefined) return stated;
  const { fields, metadata, parts } = outline;
  const causes = parts.filter(({ section }) => section.role === 'root-cause' && !isFactors(section));
  const isSummed = causes.length > 0 || fields.find('rootCause') !== undefined || metadata.has('rootCause');
  return inferCategory([...(isSummed ? [rootCause.summary] : []), ...causes.map(({ section }) => section.text)]);
}

/** Contributing factors are several things, and none of them is said to be the cause. */
function isFactors({ source }: Section): boolean {
  return /factor/i.test(source.headingPath.at(-1) ?? '') && !/cause/i.test(source.headingPath.at(-1) ?? '');
}

/** `Load Spike` and `load_spike` are the same category. */
function toCategory(text: string | undefined): string | undefined {
  return (
    text
      ?.trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '') || undefined
  );
}

const RootCauseField = z.union(
  [
    Text.transform((summary): RootCause => ({ summary })),
    z
      .object({ service: Text.optional(), summary: Text })
      .transform(({ service, summary }): RootCause => ({ summary, ...(service === undefined ? {} : { service }) })),
  ],
  'must be text, or `service` and `summary`',
);

function inferRootCause({ metadata, parts }: Outline): RootCause | undefined {
  const summary = metadata.get('rootCause') ?? summariseCause(parts);
  const service = metadata.get('rootCauseService');
  return summary === undefined ? undefined : { summary, ...(service === undefined ? {} : { service }) };
}

/** As much of the cause as one reads at a glance. */
const MAX_SUMMARY = 500;

/** The opening of the section that tells the cause; contributing factors stand in when no root cause was written. */
function summariseCause(parts: Outline['parts']): string | undefined {
  const causes = parts.filter(({ section }) => section.role === 'root-cause');
  const isRoot = (headingPath: readonly string[]) => /cause|why/i.test(headingPath.at(-1) ?? '');
  const cause = causes.find(({ section }) => isRoot(section.source.headingPath)) ?? causes[0];
  return cause && openingOf(cause.markdown.nodes);
}

/** The first paragraph or list; a paragraph that ends in a colon takes along the list that it announces. */
function openingOf(nodes: readonly RootContent[]): string | undefined {
  const prose = nodes
    .filter(({ type }) => type === 'paragraph' || type === 'list')
    .slice(0, 2)
    .map(wordsOf);
  const [opening = '', next = ''] = prose;
  return cutAtSentence(opening.endsWith(':') ? `${opening} ${next}` : opening, MAX_SUMMARY) || undefined;
}

function wordsOf(node: RootContent): string {
  if (node.type === 'list') return node.children.map((item) => item.children.map(wordsOf).join(' ')).join('; ');
  return plainText(node).replace(/\s+/g, ' ');
}
