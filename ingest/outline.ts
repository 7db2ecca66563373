import type { Section, Step } from '../src/domain/document.ts';
import type { SourceRef } from '../src/domain/source.ts';
import {
  createFieldReader,
  type FieldReader,
  type FrontMatter,
  isUnclosed,
  readFrontMatter,
  splitList,
  Text,
} from './front-matter.ts';
import type { MarkdownFile, MarkdownSection } from './markdown.ts';
import { parseMarkdown } from './markdown.ts';
import { findMetadata, isMetadataParagraph, type Metadata, type MetadataKey } from './metadata.ts';
import type { SourceFile } from './read.ts';
import { roleOf } from './sections.ts';
import { listSteps } from './steps.ts';

/** What every Markdown file of the knowledge has, whether it is a runbook or a postmortem. */
export interface Outline {
  readonly id: string;
  /** As the front matter or the first heading says; undefined when only the file's name is left to ask. */
  readonly title: string | undefined;
  readonly heading: string | undefined;
  /** File name without folder and extension; the folder's own name for README and index files. */
  readonly fileName: string;
  /** Each section as it is stored, with the Markdown it was made of. */
  readonly parts: readonly { readonly section: Section; readonly markdown: MarkdownSection }[];
  readonly steps: readonly Step[];
  readonly fields: FieldReader;
  readonly metadata: Metadata;
  readonly source: SourceRef;
}

/** Sections whose lists hold tasks and times, where `Service: restarted` is no statement about the whole. */
const NO_METADATA = new Set(['timeline', 'follow-up', 'mitigation', 'rollback', 'diagnosis']);

export function readOutline(file: SourceFile, kind: 'runbook' | 'incident'): Outline {
  const markdown = parseMarkdown(file.text);
  const fields = createFieldReader(frontMatterOf(file, markdown), file.path);
  const parts = markdown.sections.map((part) => ({ section: toSection(part, file, kind), markdown: part }));
  const telling = parts.filter(({ section }) => !NO_METADATA.has(section.role)).map((part) => part.markdown);
  const acting = parts.filter(({ section }) => section.role === 'mitigation');
  return {
    id: file.name,
    title: fields.take('title', Text) ?? markdown.title?.text,
    heading: markdown.title?.text,
    fileName: fileNameOf(file.name),
    parts,
    steps: acting.flatMap((part) => listSteps(part.markdown, part.section)),
    fields,
    metadata: findMetadata(telling),
    source: wholeFile(file, markdown),
  };
}

function frontMatterOf(file: SourceFile, markdown: MarkdownFile): FrontMatter {
  if (!isUnclosed(file.text)) return readFrontMatter(markdown.frontMatter, file.path);
  const message = 'broken front matter: it opens here and no second line of --- closes it';
  return { fields: new Map(), problems: [{ path: file.path, line: 1, message }] };
}

/** A list from the front matter, or else from a metadata line. */
export function listOf(outline: Outline, name: string, key: MetadataKey): string[] | undefined {
  const value = outline.metadata.get(key);
  return outline.fields.takeList(name) ?? (value === undefined ? undefined : splitList(value));
}

/** `{ [name]: value }`, or nothing: optional fields are absent, never undefined. */
export function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  // TypeScript widens a computed key to string; the object has exactly that key.
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: Value };
}

function toSection(part: MarkdownSection, file: SourceFile, kind: 'runbook' | 'incident'): Section {
  const { headingPath, line, endLine, text } = part;
  return {
    role: headingPath.length === 0 ? roleOfPreamble(part) : roleOf(headingPath, kind),
    text,
    source: { path: file.path, line, endLine, headingPath: [...headingPath], sha: file.sha },
  };
}

/** What stands before the first heading sums the rest up, unless it is only a list of facts or badges. */
function roleOfPreamble({ nodes }: MarkdownSection): 'summary' | 'other' {
  const hasProse = nodes.some((node) => node.type === 'paragraph' && !isMetadataParagraph(node) && hasText(node));
  return hasProse ? 'summary' : 'other';
}

function hasText(node: { readonly children: readonly { readonly type: string }[] }): boolean {
  return node.children.some((child) => child.type === 'text' || child.type === 'emphasis' || child.type === 'strong');
}

const INDEX_FILE = /^(?:readme|index|_index|skill)$/i;

function fileNameOf(name: string): string {
  const parts = name.split('/');
  const last = parts.at(-1) ?? name;
  return INDEX_FILE.test(last) ? (parts.at(-2) ?? last) : last;
}

/** Does the file only introduce its folder? */
export function isFolderIndex(outline: Outline): boolean {
  const last = outline.id.split('/').at(-1) ?? '';
  return /^(?:readme|index|_index|contributing)$/i.test(last) && outline.parts.every(({ section }) => isPlain(section));
}

function isPlain(section: Section): boolean {
  return section.role === 'other' || section.role === 'summary';
}

function wholeFile(file: SourceFile, markdown: MarkdownFile): SourceRef {
  return { path: file.path, line: 1, endLine: Math.max(1, markdown.lines), headingPath: [], sha: file.sha };
}
