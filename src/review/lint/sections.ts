import type { Runbook, Section } from '../../domain/document.ts';
import { listIncidents, listRunbooks, type Placed } from '../knowledge.ts';
import { isDraft } from './drafts.ts';
import { atStart, count, type Rule } from './rule.ts';

export const missingMitigation: Rule = {
  id: 'missing-mitigation',
  severity: 'error',
  reason: 'Whoever is paged needs to know what to do; a runbook that only explains leaves them where they were.',
  find: (knowledge) =>
    listRunbooks(knowledge)
      .filter((placed) => !hasMitigation(placed) && !isDraft(placed))
      .map((placed) =>
        atStart(placed, 'the runbook says nowhere what to do: add a section `## Mitigation` with the steps in order'),
      ),
};

function hasMitigation({ document }: Placed<Runbook>): boolean {
  return (
    document.steps.length > 0 ||
    document.sections.some(({ role, source, text }) => role === 'mitigation' || isTroubleshooting(source, text))
  );
}

/** Under this name people write what to look at and what to do about it as one list. */
function isTroubleshooting({ headingPath }: Section['source'], text: string): boolean {
  const isNamed = headingPath.some((heading) => /\btroubleshoot/i.test(heading));
  return isNamed && /^[ \t]*(?:[-*+]|\d+[.)]|`{3})/m.test(text);
}

export const unfilledSection: Rule = {
  id: 'unfilled-section',
  severity: 'error',
  reason: 'A heading above nothing but a comment or a TODO is a draft, and a draft is no help at night.',
  find: ({ files }) =>
    files.flatMap(({ path, documents, markdown }) =>
      (documents.length === 0 ? [] : (markdown?.headings ?? []))
        .filter(({ holds }) => holds === 'draft')
        .map(({ line, text }) => ({
          path,
          line,
          message: `the section "${text}" is not written yet: write it, or remove its heading`,
        })),
    ),
};

const MAX_SHORT_LINES = 5;
const MAX_SHORT_WORDS = 60;

export const tooShort: Rule = {
  id: 'too-short',
  severity: 'warning',
  reason: 'Five lines seldom hold what an alert means, how to tell the cause, and what to do about it.',
  find: (knowledge) =>
    listRunbooks(knowledge)
      .filter((placed) => !isDraft(placed))
      .flatMap((placed) => {
        const lines = contentLines(placed.document);
        const words = lines.flatMap((line) => line.trim().split(/\s+/)).length;
        if (lines.length > MAX_SHORT_LINES || words >= MAX_SHORT_WORDS) return [];
        const message = `the runbook holds only ${count(lines.length, 'line')}: say what the alert means, how to find the cause, and what to do`;
        return [atStart(placed, message)];
      }),
};

function contentLines(document: Runbook): string[] {
  return document.sections.flatMap(({ text }) => text.split('\n')).filter((line) => line.trim() !== '');
}

export const missingTitle: Rule = {
  id: 'missing-title',
  severity: 'warning',
  reason: 'The title stands above every passage that is searched and shown; a file name says less.',
  find: (knowledge) =>
    [...listRunbooks(knowledge), ...listIncidents(knowledge)].filter(isUntitled).map((placed) => {
      const message = `there is no title, so "${placed.document.title}" stands in: begin the file with \`# \` and one in words`;
      return atStart(placed, message);
    }),
};

function isUntitled({ file, document }: Placed): boolean {
  if (document.source.line > 1 || file.markdown === undefined) return false;
  return !/^title\s*[:=]/im.test(file.text.slice(0, 4_000)) && !file.markdown.headings.some(({ depth }) => depth === 1);
}
