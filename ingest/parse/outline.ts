import type { DocumentStatus, Section, Step } from '../../src/domain/document.ts';
import type { SourceRef } from '../../src/domain/source.ts';
import type { TextFile } from '../source-file.ts';
import type { Page } from './alert-pages.ts';
import { createFieldReader, type FieldReader, splitList } from './field-reader.ts';
import { readDay, readStatus } from './field-values.ts';
import type { FrontMatter } from './front-matter.ts';
import { sectionsOfFields } from './front-matter-sections.ts';
import { createInference, type Inference } from './inference.ts';
import type { ProseKind } from './kind.ts';
import type { MarkdownSection } from './markdown.ts';
import { hasWords } from './markup.ts';
import { findMetadata, isMetadataParagraph, type Metadata, type MetadataKey } from './metadata.ts';
import { type RoledSection, splitNarrative } from './narrative.ts';
import { roleOf } from './sections.ts';
import { listSteps } from './steps.ts';
import { titleOf } from './titles.ts';

/** What every document of the knowledge has, whether it is a runbook or a postmortem. */
export interface Outline {
  readonly id: string;
  readonly title: string;
  readonly heading: string | undefined;
  /** The alert of a page that handles several. */
  readonly alert: string | undefined;
  /** Path inside its kind's folder, without extension. */
  readonly name: string;
  /** File name without folder and extension; the folder's own name for README and index files. */
  readonly fileName: string;
  /** Each section as it is stored, with the Markdown it was made of. */
  readonly parts: readonly { readonly section: Section; readonly markdown: MarkdownSection }[];
  /** What the document has in common with every other. */
  readonly basics: Basics;
  readonly fields: FieldReader;
  readonly metadata: Metadata;
  readonly inference: Inference;
}

interface Basics {
  readonly sections: Section[];
  readonly steps: Step[];
  readonly tags: string[];
  readonly status?: DocumentStatus;
  readonly staleAfter?: string;
  readonly chunks: [];
  readonly source: SourceRef;
}

/** Sections whose lists hold tasks and times, where `Service: restarted` is no statement about the whole. */
const NO_METADATA = new Set(['timeline', 'follow-up', 'mitigation', 'rollback', 'diagnosis']);

export interface OutlineOf {
  readonly file: TextFile;
  readonly kind: ProseKind;
  /** By its place or its front matter; otherwise it was inferred. */
  readonly isKindSaid: boolean;
  readonly page: Page;
  readonly frontMatter: FrontMatter;
  readonly lines: readonly string[];
}

export function readOutline({ file, kind, isKindSaid, page, frontMatter, lines }: OutlineOf): Outline {
  const fields = createFieldReader(frontMatter, file.path);
  const inference = createInference();
  const parts = rolesOf(page, kind, lines).map(({ role, markdown }) => ({
    section: { role, text: markdown.text, source: sourceOf(file, markdown) },
    markdown,
  }));
  const telling = parts.filter(({ section }) => !NO_METADATA.has(section.role)).map((part) => part.markdown);
  const acting = parts.filter(({ section }) => section.role === 'mitigation');
  const metadata = findMetadata(telling);
  const stated = page.alert === undefined ? sectionsOfFields(fields, file, [page.title?.text ?? '']) : [];
  const id = page.alert === undefined ? file.id : `${file.id}/${page.alert}`;
  if (!isKindSaid) inference.inferred.push('kind');
  return {
    ...{ id, name: file.name, fileName: fileNameOf(file.name), alert: page.alert, heading: page.title?.text },
    ...{ parts, fields, metadata, inference },
    title: titleOf({ kind, page, fields, metadata, inference, fileName: fileNameOf(file.name) }),
    basics: {
      sections: [...stated, ...parts.map(({ section }) => section)],
      steps: acting.flatMap((part) => listSteps(part.markdown, part.section)),
      tags: fields.takeList('tags') ?? [],
      ...optional('status', readStatus(fields)),
      ...optional('staleAfter', readDay(fields, 'staleAfter')),
      chunks: [],
      source: sourceOf(file, page),
    },
  };
}

/** A list from the front matter, or else from a metadata line, or else what `guess` reads out of the rest. */
export function chooseList(outline: Outline, name: MetadataKey, guess: () => string[]): string[] {
  const { fields, metadata, inference } = outline;
  return (
    inference.choose(name, fields.takeList(name), () => {
      const value = metadata.get(name);
      return value === undefined ? guess() : splitList(value);
    }) ?? []
  );
}

/** `{ [name]: value }`, or nothing: optional fields are absent, never undefined. */
export function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [key in Name]?: Value } {
  // TypeScript widens a computed key to string; the object has exactly that key.
  return (value === undefined ? {} : { [name]: value }) as { [key in Name]?: Value };
}

/** The fields that were not stated, in the order of the alphabet. */
export function inferredOf({ inference }: Outline): { readonly inferred: string[] } {
  return { inferred: [...inference.inferred].sort() };
}

function rolesOf({ sections }: Page, kind: ProseKind, lines: readonly string[]): readonly RoledSection[] {
  const roled = sections.map((markdown) => ({
    role: markdown.headingPath.length === 0 ? roleOfPreamble(markdown) : roleOf(markdown.headingPath, kind),
    markdown,
  }));
  return kind === 'incident' ? splitNarrative(roled, lines) : roled;
}

/** What stands before the first heading sums the rest up, unless it is only a list of facts or badges. */
function roleOfPreamble({ nodes }: MarkdownSection): 'summary' | 'other' {
  const hasProse = nodes.some((node) => node.type === 'paragraph' && !isMetadataParagraph(node) && hasWords(node));
  return hasProse ? 'summary' : 'other';
}

const INDEX_FILE = /^(?:readme|index|_index|skill)$/i;

function fileNameOf(name: string): string {
  const parts = name.split('/');
  const last = parts.at(-1) ?? name;
  return INDEX_FILE.test(last) ? (parts.at(-2) ?? last) : last;
}

/** Does the file only introduce its folder? */
export function isFolderIndex({ name, basics }: Outline): boolean {
  const last = name.split('/').at(-1) ?? '';
  const isPlain = ({ role }: Section) => role === 'other' || role === 'summary';
  return /^(?:readme|index|_index|contributing)$/i.test(last) && basics.sections.every(isPlain);
}

type Place = Pick<MarkdownSection, 'line' | 'endLine' | 'headingPath'>;

function sourceOf({ path, sha }: TextFile, { line, endLine, headingPath }: Place): SourceRef {
  return { path, line, endLine, headingPath: [...headingPath], sha };
}
