import type { RootContent } from 'mdast';
import { z } from 'zod';
import type { Incident, SectionRole } from '../src/domain/document.ts';
import { Signal } from '../src/domain/signal.ts';
import { IsoDay, Text } from './front-matter.ts';
import { plainText } from './markdown.ts';
import { findDate } from './metadata.ts';
import { listOf, type Outline, optional } from './outline.ts';
import { cutAtSentence } from './sentences.ts';

type RootCause = NonNullable<Incident['rootCause']>;

/** What happened once, from a postmortem in whatever style its team writes them. */
export function toIncident(outline: Outline): Incident {
  const { fields, metadata } = outline;
  const rootCause = findRootCause(outline);
  return {
    kind: 'incident',
    id: outline.id,
    title: outline.title ?? metadata.get('title') ?? titleFromSlug(outline.fileName),
    services: listOf(outline, 'services', 'services') ?? (rootCause?.service === undefined ? [] : [rootCause.service]),
    alerts: listOf(outline, 'alerts', 'alerts') ?? [],
    tags: fields.takeList('tags') ?? [],
    signals: fields.takeList('signals', Signal) ?? [],
    sections: outline.parts.map(({ section }) => section),
    steps: [...outline.steps],
    chunks: [],
    source: outline.source,
    ...optional('severity', fields.take('severity', Text) ?? metadata.get('severity')),
    ...optional('date', fields.take('date', IsoDay) ?? inferDate(outline)),
    ...optional('category', toCategory(fields.take('category', Text) ?? metadata.get('category'))),
    ...optional('rootCause', rootCause),
    ...optional('duration', fields.take('duration', Text) ?? metadata.get('duration')),
    ...optional('outage', fields.take('outage', Text)),
    ...optional('supersededBy', fields.take('supersededBy', Text)),
  };
}

/** The path is a convention and the text may name many days, so the path is asked first, and the text last of all. */
function inferDate({ id, metadata, parts }: Outline): string | undefined {
  const compact = id.replace(/(?<!\d)(\d{4})(\d{2})(\d{2})(?!\d)/, '$1-$2-$3');
  const textOf = (role: SectionRole) => parts.find(({ section }) => section.role === role)?.section.text ?? '';
  const places = [compact, metadata.get('date') ?? '', textOf('timeline'), textOf('summary'), textOf('other')];
  return places.map(findDate).find((date) => date !== undefined);
}

/** `2026-03-01-load-spike` → `load spike`; the whole name when no word is left. */
function titleFromSlug(fileName: string): string {
  const words = fileName.replace(/^\d{4}[-_]?\d{2}[-_]?\d{2}[-_]*/, '').replace(/[-_]+/g, ' ');
  return /\p{L}/u.test(words) ? words.trim() : fileName;
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

function findRootCause(outline: Outline): RootCause | undefined {
  const stated = outline.fields.take('rootCause', RootCauseField);
  if (stated !== undefined) return stated;
  const summary = outline.metadata.get('rootCause') ?? summariseCause(outline.parts);
  const service = outline.metadata.get('rootCauseService');
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
  const words = node.type === 'list' ? node.children.map((item) => plainText(item)).join('; ') : plainText(node);
  return words.replace(/\s+/g, ' ');
}
