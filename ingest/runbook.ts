import type { Runbook } from '../src/domain/document.ts';
import { IsoDay, Text } from './front-matter.ts';
import { listOf, type Outline, optional } from './outline.ts';

/** How to handle an alert, from a file that need not have been written for Precedent. */
export function toRunbook(outline: Outline): Runbook {
  const { fields, metadata } = outline;
  return {
    kind: 'runbook',
    id: outline.id,
    title: outline.title ?? metadata.get('title') ?? outline.fileName,
    alerts: listOf(outline, 'alerts', 'alerts') ?? inferAlerts(outline),
    services: listOf(outline, 'services', 'services') ?? inferServices(outline),
    tags: fields.takeList('tags') ?? [],
    sections: outline.parts.map(({ section }) => section),
    steps: [...outline.steps],
    chunks: [],
    source: outline.source,
    ...optional('severity', fields.take('severity', Text) ?? metadata.get('severity')),
    ...optional('owner', fields.take('owner', Text) ?? metadata.get('owner')),
    ...optional('validated', fields.take('validated', IsoDay)),
    ...optional('supersedes', fields.take('supersedes', Text)),
  };
}

/** Runbooks are commonly named after their alert: the file, its first heading, or both. */
function inferAlerts({ fileName, heading }: Outline): string[] {
  const names = new Set([fileName, heading ?? ''].filter(looksLikeAlert));
  // One hump proves nothing by itself, but nobody repeats a plain word as file name and heading without meaning a name.
  if (fileName === heading && /^[A-Z][a-z0-9]+$/.test(fileName)) names.add(fileName);
  return [...names];
}

/** `KubePodCrashLooping`, `etcdNoLeader`: one word of several humps. */
export function looksLikeAlert(name: string): boolean {
  return /^[A-Za-z][A-Za-z0-9]*$/.test(name) && /[a-z0-9][A-Z]/.test(name);
}

/** `runbooks/<service>/<AlertName>.md`; what deeper folders mean is anybody's guess. */
function inferServices({ id }: Outline): string[] {
  const [folder, ...rest] = id.split('/');
  return folder !== undefined && rest.length === 1 ? [folder] : [];
}
