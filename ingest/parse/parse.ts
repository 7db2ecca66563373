import type { KnowledgeDocument } from '../../src/domain/document.ts';
import { messageOf } from '../../src/domain/errors.ts';
import type { KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import type { TextFile } from '../source-file.ts';
import { splitByAlert, wholePage } from './alert-pages.ts';
import { type FrontMatter, readFrontMatter } from './front-matter.ts';
import { isUnclosed } from './front-matter-block.ts';
import { toIncident } from './incident.ts';
import { inferKind, statedKind, UNKNOWN_KIND } from './kind.ts';
import { type MarkdownFile, parseMarkdown } from './markdown.ts';
import { isFolderIndex, readOutline } from './outline.ts';
import { toRunbook } from './runbook.ts';

/** What one page says. It may hold several documents, or none when `unread` says why. */
export interface ParsedProse {
  readonly documents: readonly KnowledgeDocument[];
  /** Those of the text; what was found while it was decoded is the file's own. */
  readonly problems: readonly KnowledgeProblem[];
  readonly unread: { readonly status: 'skipped' | 'failed'; readonly reason: string } | undefined;
}

/** Runbooks and postmortems, from Markdown. Never throws: a file that the parser cannot cope with has failed. */
export function parseProse(file: TextFile): ParsedProse {
  try {
    return parsePages(file);
  } catch (error) {
    return { documents: [], problems: [], unread: { status: 'failed', reason: messageOf(error) } };
  }
}

function parsePages(file: TextFile): ParsedProse {
  const markdown = parseMarkdown(file.text);
  const frontMatter = frontMatterOf(file, markdown);
  const said = file.kind === 'topology' ? undefined : (file.kind ?? statedKind(frontMatter));
  const kind = said ?? inferKind(file.name, markdown, frontMatter);
  const refused = markdown.refusals.map((refusal) => ({ path: file.path, ...refusal }));
  if (kind === undefined) return skipped(UNKNOWN_KIND, [...frontMatter.problems, ...refused]);
  const pages = kind === 'runbook' ? splitByAlert(markdown) : [wholePage(markdown)];
  const outlines = pages.map((page) =>
    readOutline({ file, kind, isKindSaid: said !== undefined, page, frontMatter, lines: markdown.lines }),
  );
  if (outlines.length === 1 && outlines.every(isFolderIndex)) {
    return skipped(`it introduces its folder and has no section of a ${kind}`, refused);
  }
  const documents = outlines.map((outline) => (kind === 'runbook' ? toRunbook(outline) : toIncident(outline)));
  const told = [...outlines.flatMap(({ fields }) => fields.problems), ...refused];
  return { documents: withOwnIds(documents), problems: unique(told), unread: undefined };
}

function frontMatterOf(file: TextFile, markdown: MarkdownFile): FrontMatter {
  if (!isUnclosed(file.text)) return readFrontMatter(markdown.frontMatter, file.path);
  const message = 'broken front matter: it opens here and no second line of --- closes it';
  return { fields: new Map(), problems: [{ path: file.path, line: 1, message }] };
}

function skipped(reason: string, problems: readonly KnowledgeProblem[]): ParsedProse {
  return { documents: [], problems, unread: { status: 'skipped', reason } };
}

/** A page may head two parts with the same alert: the second is told apart by its number. */
function withOwnIds(documents: readonly KnowledgeDocument[]): KnowledgeDocument[] {
  const seen = new Map<string, number>();
  return documents.map((document) => {
    const count = (seen.get(document.id) ?? 0) + 1;
    seen.set(document.id, count);
    return count === 1 ? document : { ...document, id: `${document.id}-${count}` };
  });
}

/** The parts of a page share its front matter, and each finds the same mistakes in it. */
function unique(problems: readonly KnowledgeProblem[]): KnowledgeProblem[] {
  return [...new Map(problems.map((problem) => [`${problem.line} ${problem.message}`, problem])).values()];
}
