import type { Section, SectionRole } from '../../src/domain/document.ts';
import type { TextFile } from '../source-file.ts';
import type { FieldReader } from './field-reader.ts';
import type { Field } from './front-matter.ts';

/**
 * What a front matter tells in sentences: the description of a skill sums the page up, its symptoms say how one notices.
 * As sections they are searched like any other text; a description that the page repeats is left to the page.
 */
export function sectionsOfFields(fields: FieldReader, file: TextFile, headings: readonly string[]): Section[] {
  const told: readonly (readonly [SectionRole, Field | undefined])[] = [
    ['summary', fields.find('description')],
    ['detection', fields.find('symptoms')],
  ];
  return told.flatMap(([role, field]) => {
    const text = field && wordsOf(field);
    if (!field || !text || headings.includes(text)) return [];
    const isRepeated = file.text.split(text, 3).length > 2;
    if (isRepeated) return [];
    const { line, endLine } = field;
    return [{ role, text, source: { path: file.path, line, endLine, headingPath: [], sha: file.sha } }];
  });
}

function wordsOf({ value, items }: Field): string {
  if (typeof value === 'string') return value.trim();
  const words = items.flatMap((item) => (typeof item.value === 'string' ? [item.value.trim()] : []));
  return words.map((word) => `- ${word}`).join('\n');
}
