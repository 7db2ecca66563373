import type { Runbook } from '../../src/domain/document.ts';
import { findAlertHeading, looksLikeAlert } from './alert-names.ts';
import { Text } from './field-reader.ts';
import { readOwner, readValidated } from './field-values.ts';
import { chooseList, inferredOf, type Outline, optional } from './outline.ts';
import { findSeverity } from './severity.ts';

/** How to handle an alert, from a file that need not have been written for Precedent. */
export function toRunbook(outline: Outline): Runbook {
  const { id, title, fields, metadata, inference, basics } = outline;
  const severity = () => metadata.get('severity') ?? inferSeverity(outline);
  return {
    kind: 'runbook',
    id,
    title,
    alerts: alertsOf(outline),
    services: chooseList(outline, 'services', () => inferServices(outline)),
    ...basics,
    ...optional('severity', inference.choose('severity', fields.take('severity', Text), severity)),
    ...optional(
      'owner',
      inference.choose('owner', readOwner(fields), () => metadata.get('owner')),
    ),
    ...optional('validated', readValidated(fields)),
    ...optional('supersedes', outline.alert === undefined ? fields.take('supersedes', Text) : undefined),
    ...inferredOf(outline),
  };
}

/** The list of a page's front matter is about all its parts, so each part has only the alert that it is headed by. */
function alertsOf(outline: Outline): string[] {
  const { alert } = outline;
  if (alert === undefined) return chooseList(outline, 'alerts', () => inferAlerts(outline));
  return outline.inference.choose('alerts', undefined, () => [alert]) ?? [];
}

/** Runbooks are commonly named after their alert: the file, its first heading, or both; or one heading below it. */
function inferAlerts({ fileName, heading, parts }: Outline): string[] {
  const names = new Set([fileName, heading ?? ''].filter(looksLikeAlert));
  // One hump proves nothing by itself, but nobody repeats a plain word as file name and heading without meaning a name.
  if (fileName === heading && /^[A-Z][a-z0-9]+$/.test(fileName)) names.add(fileName);
  const titled = findAlertHeading(heading ?? '');
  if (names.size === 0 && titled !== undefined) names.add(titled);
  if (names.size > 0) return [...names];
  const below = parts.flatMap(({ section }) => findAlertHeading(section.source.headingPath[0] ?? '') ?? []);
  return [...new Set(below)];
}

/** Folders that say what their files are, or nothing at all. */
const NO_SERVICE =
  /^(?:alerts?|runbooks?|playbooks?|sops?|docs?|content|common|general|generic|global|guides?|how-?tos?|misc|other|templates?|archive|wiki|pages|skills)$/i;

/** `runbooks/<service>/<AlertName>.md`; what deeper folders mean is anybody's guess. */
function inferServices({ name }: Outline): string[] {
  const [folder, ...rest] = name.split('/');
  return folder !== undefined && rest.length === 1 && !NO_SERVICE.test(folder) ? [folder] : [];
}

function inferSeverity({ heading, parts }: Outline): string | undefined {
  const telling = parts.filter(({ section }) => section.role === 'summary' || section.role === 'meaning');
  return findSeverity([heading ?? '', ...telling.map(({ section }) => section.text)]);
}
