import { dirname, join } from 'node:path';
import type { ReviewedFile } from '../knowledge.ts';
import type { ScannedLink } from '../markdown-scan.ts';
import { suggestName } from './nearest-name.ts';
import type { Mistake, Rule } from './rule.ts';

/** Links to the web are not asked: a check that needs a network fails for reasons that are not the author's. */
export const deadRelativeLink: Rule = {
  id: 'dead-relative-link',
  severity: 'error',
  reason: 'A link that leads nowhere is found out by somebody in a hurry.',
  find: (knowledge) => {
    const byLocation = new Map(knowledge.files.map((file) => [file.location, file]));
    return knowledge.files.flatMap((file) =>
      (file.markdown?.links ?? []).flatMap((link) => findDeadEnd(link, file, byLocation)),
    );
  },
};

function findDeadEnd(
  { target, line }: ScannedLink,
  file: ReviewedFile,
  byLocation: ReadonlyMap<string, ReviewedFile>,
): Mistake[] {
  const told = (message: string): Mistake[] => [{ path: file.path, line, message }];
  const { path, anchor } = splitTarget(target);
  if (file.deadTargets.has(target))
    return told(`the link \`${target}\` leads to no file: correct its path, or remove it`);
  const pointed = path === '' ? file : byLocation.get(join(dirname(file.location), path));
  const anchors = pointed?.markdown?.anchors;
  if (anchor === '' || anchors === undefined || isRelative(target) === false) return [];
  if (anchors.has(anchor) || anchors.has(anchor.toLowerCase())) return [];
  const where = path === '' ? 'this file' : path;
  return told(
    `the link \`${target}\` names no heading of ${where}${suggestName(anchor, anchors)}`.replace(
      /(?<!\?)$/,
      ': correct it',
    ),
  );
}

/** What a review can follow: a file beside, above or below, or a heading. Templates and sites' own roads are not. */
export function isRelative(target: string): boolean {
  return target !== '' && !/^(?:[a-z][a-z0-9+.-]*:|\/|\\)/i.test(target) && !/[{}<>$]/.test(target);
}

/** `../db/Full.md?plain=1#rollback` → the path to look for, and the heading in it. */
export function splitTarget(target: string): { readonly path: string; readonly anchor: string } {
  const [before = '', anchor = ''] = target.split('#', 2);
  return { path: decode(before.split('?', 1)[0] ?? ''), anchor: decode(anchor) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Targets of a file's links that have a path to look for on the disk. */
export function listFileTargets(links: readonly ScannedLink[]): string[] {
  const targets = links.map(({ target }) => target).filter((target) => isRelative(target));
  return [...new Set(targets.filter((target) => splitTarget(target).path !== ''))];
}
