import type { Runbook, Section } from '../../src/domain/document.ts';
import { listQuestions } from '../../src/review/questions.ts';
import type { AlertRule } from '../../src/review/rules.ts';
import { DEPTH, type Question, type QuestionGroup } from '../questions.ts';
import { sharesFragment, toPlainDocument } from './document-text.ts';

const RUNBOOKS = 'runbooks';

/**
 * Every alert that a runbook or an alerting rule names: by its name, and, where there is a rule, by the texts of the rule
 * alone. The rule's text was written elsewhere, so it is an honest question; fragments it shares are marked.
 */
export function listAlertQuestions(runbooks: readonly Runbook[], rules: readonly AlertRule[]): QuestionGroup[] {
  const texts = new Map(runbooks.map((runbook) => [runbook.id, toPlainDocument(runbook)]));
  const asked = listQuestions({ before: [], after: runbooks }, rules).filter(({ expected }) => expected.length > 0);
  const toGroup = (kind: 'alert' | 'words', variant: string): QuestionGroup => ({
    set: RUNBOOKS,
    variant,
    questions: asked
      .filter((question) => question.kind === kind)
      .map(({ subject, expected, request }) => {
        const words = Object.values(request.alert?.annotations ?? {}).join(' ');
        const text = kind === 'alert' ? `${subject} ${words}`.trim() : words;
        return {
          id: subject,
          request: { ...request, k: DEPTH },
          text,
          relevant: new Set(expected),
          anyWillDo: true,
          isVerbatim: expected.some((id) => sharesFragment(text, texts.get(id) ?? '')),
        };
      })
      .filter(({ text }) => text !== ''),
  });
  const groups = [toGroup('alert', 'alert as sent'), toGroup('words', 'rule’s texts, name hidden')];
  return groups.filter(({ questions }) => questions.length > 0);
}

export interface WithheldQuestions {
  readonly group: QuestionGroup;
  /** All runbooks, each without the paragraph that is asked. */
  readonly runbooks: readonly Runbook[];
}

/**
 * What an alert means, in its runbook's own words, asked of runbooks that no longer hold those words: the first paragraph
 * of Meaning, or else of the summary, is taken out of every one of them before they are indexed.
 */
export function withholdMeanings(runbooks: readonly Runbook[]): WithheldQuestions {
  const withheld = runbooks.map(withholdMeaning);
  return {
    runbooks: withheld.map(({ runbook }) => runbook),
    group: {
      set: RUNBOOKS,
      variant: 'meaning withheld, name hidden',
      questions: withheld.flatMap(({ runbook, paragraph }) =>
        paragraph === undefined ? [] : [askMeaning(runbook, paragraph)],
      ),
    },
  };
}

/** Fewer words than these tell no alert from another. */
const MIN_WORDS = 5;

function withholdMeaning(runbook: Runbook): { readonly runbook: Runbook; readonly paragraph?: string } {
  for (const role of ['meaning', 'summary'] as const) {
    const section = runbook.sections.find((one) => one.role === role);
    const paragraph = section && firstParagraph(section);
    if (!section || paragraph === undefined) continue;
    const kept = { ...section, text: section.text.replace(paragraph, () => '') };
    const sections = runbook.sections.map((one) => (one === section ? kept : one));
    return { runbook: { ...runbook, sections }, paragraph };
  }
  return { runbook };
}

function firstParagraph({ text }: Section): string | undefined {
  const paragraphs = text.split(/\n[ \t]*\n/).map((paragraph) => paragraph.trim());
  return paragraphs.find((paragraph) => /^[\p{L}\p{N}`*_"'“(]/u.test(paragraph) && countWords(paragraph) >= MIN_WORDS);
}

function countWords(text: string): number {
  return text.split(/\s+/).filter((word) => word !== '').length;
}

function askMeaning(runbook: Runbook, paragraph: string): Question {
  const names = [...runbook.alerts, runbook.id.split('/').at(-1) ?? ''].filter((name) => name !== '');
  const text = names.reduce((hidden, name) => hidden.replaceAll(name, ''), paragraph).trim();
  return {
    id: runbook.id,
    request: { query: text, kinds: ['runbook'], k: DEPTH },
    text,
    relevant: new Set([runbook.id]),
    isVerbatim: sharesFragment(text, toPlainDocument(runbook)),
  };
}
