import { findAlertHeading } from './alert-names.ts';
import type { Heading } from './headings.ts';
import type { MarkdownFile, MarkdownSection } from './markdown.ts';
import { findRole } from './sections.ts';

/** The part of a file that one document is made of; the whole file, unless it handles many alerts. */
export interface Page {
  /** The alert of a part of a page; undefined for the whole. */
  readonly alert: string | undefined;
  readonly title: Heading | undefined;
  /** Paths begin below the title. */
  readonly sections: readonly MarkdownSection[];
  readonly line: number;
  readonly endLine: number;
  /** Headings above the part and its own, below the file's title. */
  readonly headingPath: readonly string[];
}

export function wholePage(file: MarkdownFile): Page {
  const { title, sections, lines } = file;
  return { alert: undefined, title, sections, line: 1, endLine: Math.max(1, lines.length), headingPath: [] };
}

/** One page for each heading that names an alert, and one of what is left; the file as it is when it is about one alert. */
export function splitByAlert(file: MarkdownFile): readonly Page[] {
  const alerts = findAlerts(file);
  if (alerts.length < 2) return [wholePage(file)];
  const parts = alerts.map((alert) => toPart(file, alert));
  const isOutside = ({ line }: { readonly line: number }) =>
    parts.every((part) => line < part.line || line > part.endLine);
  const rest = file.sections.filter(isOutside);
  // With alerts under the first level of headings, the first of them only looks like the title of the file.
  const title = file.title && isOutside(file.title) ? file.title : undefined;
  return rest.some(isWorthKeeping) ? [{ ...wholePage(file), title, sections: rest }, ...parts] : parts;
}

interface AlertHeading extends Heading {
  readonly alert: string;
  /** Index among the file's headings. */
  readonly at: number;
}

/** Nobody handles more alerts on one page: so many headings come out of a generator. */
const MAX_ALERTS = 500;

/** Those of the outermost level that has several. */
function findAlerts({ headings, title }: MarkdownFile): readonly AlertHeading[] {
  if (headings.filter(({ text }) => findAlertHeading(text) !== undefined).length > MAX_ALERTS) return [];
  const named = headings.flatMap((heading, at): AlertHeading[] => {
    const alert = findAlertHeading(heading.text);
    return alert !== undefined && standsAlone(headings, at) ? [{ ...heading, alert, at }] : [];
  });
  for (let depth = 1; depth <= 6; depth++) {
    const level = named.filter((heading) => heading.depth === depth);
    if (level.length > 1) return level;
    // A page titled after an alert is about that alert, whatever its lower headings are called.
    if (depth === 1 && title && findAlertHeading(title.text) !== undefined) return [];
  }
  return [];
}

/** Below "Diagnosis" such a word is a state that is looked at, unless it has a diagnosis of its own. */
function standsAlone(headings: readonly Heading[], at: number): boolean {
  const above = ancestorsOf(headings, at).map(({ text }) => findRole(text, 'runbook') ?? 'other');
  if (above.every((role) => role === 'other' || role === 'summary' || role === 'meaning')) return true;
  return headings
    .slice(at + 1, endOf(headings, at))
    .some(({ text }) => (findRole(text, 'runbook') ?? 'other') !== 'other');
}

function ancestorsOf(headings: readonly Heading[], at: number): Heading[] {
  const above: Heading[] = [];
  let depth = headings[at]?.depth ?? 0;
  for (let index = at - 1; index >= 0 && depth > 1; index--) {
    const heading = headings[index];
    if (heading === undefined || heading.depth >= depth) continue;
    above.unshift(heading);
    depth = heading.depth;
  }
  return above;
}

/** Index of the first heading that is not below this one. */
function endOf(headings: readonly Heading[], at: number): number {
  const depth = headings[at]?.depth ?? 0;
  const next = headings.findIndex((heading, index) => index > at && heading.depth <= depth);
  return next === -1 ? headings.length : next;
}

function toPart(file: MarkdownFile, { alert, at, ...heading }: AlertHeading): Page {
  const { headings, sections, lines, title } = file;
  const above = ancestorsOf(headings, at).filter((other) => other !== title);
  const isTitle = title?.line === heading.line;
  const headingPath = isTitle ? [] : [...above.map(({ text }) => text), heading.text];
  let endLine = (headings[endOf(headings, at)]?.line ?? lines.length + 1) - 1;
  while (endLine > heading.line && lines[endLine - 1]?.trim() === '') endLine--;
  const inside = sections.filter(({ line }) => line > heading.line && line <= endLine);
  const own = inside.map((section) => ({ ...section, headingPath: section.headingPath.slice(headingPath.length) }));
  return { alert, title: heading, sections: own, line: heading.line, endLine, headingPath };
}

/** An introduction of two lines is no runbook; what is longer must not get lost. */
const MIN_REST = 280;

function isWorthKeeping({ headingPath, text }: MarkdownSection): boolean {
  const role = findRole(headingPath.at(-1) ?? '', 'runbook') ?? 'other';
  return (role !== 'other' && role !== 'summary') || text.length >= MIN_REST;
}
