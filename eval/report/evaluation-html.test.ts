import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { byMetric } from '../comparison.ts';
import type { Evaluation } from '../evaluation.ts';
import type { Measured } from '../metrics.ts';
import { SYSTEMS, type System } from '../systems.ts';
import { renderEvaluationPage } from './evaluation-html.ts';
import { renderEvaluation } from './evaluation-markdown.ts';

const measured = (value: number): Measured => ({ value, n: 20, low: value - 0.1, high: value + 0.1 });
const paired = { wins: 3, ties: 16, losses: 1, difference: measured(0.05) };
const figures = byMetric(() => measured(0.7));

/** A name as somebody might call a folder, and as a page must never take it. */
const NASTY = '<img src=x onerror=alert(1)> & "co"';

const EVALUATION: Evaluation = {
  comparisons: [
    {
      set: NASTY,
      variant: 'text-only',
      slice: 'all',
      systems: Object.fromEntries(SYSTEMS.map((system) => [system, figures])) as Record<System, typeof figures>,
      againstBm25: byMetric(() => paired),
    },
  ],
  ablations: [{ set: NASTY, variant: 'text-only', name: 'without dense', figures, difference: byMetric(() => paired) }],
  abstention: [
    {
      set: NASTY,
      variant: 'text-only',
      auroc: { answerable: measured(0.9), bm25: measured(0.8) },
      falseAbstention: measured(0.1),
      rightAbstention: measured(0.6),
      scores: { answerable: [0.9], strangers: [0.1] },
    },
  ],
  curves: [
    {
      set: NASTY,
      roc: [
        { threshold: 1, truePositives: 0, falsePositives: 0 },
        { threshold: 0.5, truePositives: 1, falsePositives: 0.2 },
        { threshold: 0, truePositives: 1, falsePositives: 1 },
      ],
      risk: [
        { coverage: 0.5, risk: 0 },
        { coverage: 1, risk: 0.5 },
      ],
    },
  ],
};

describe('the page', () => {
  const html = renderEvaluationPage(NASTY, EVALUATION);
  // The DOM is jsdom's, whose shape our own declaration leaves open.
  const page = new JSDOM(html).window.document as {
    querySelectorAll(selector: string): Iterable<{ querySelectorAll(selector: string): { length: number } }>;
  };
  const count = (selector: string) => [...page.querySelectorAll(selector)].length;

  it('is whole in itself: nothing is fetched, and no script runs', () => {
    expect(html).not.toMatch(/(?:src|href)\s*=\s*["']?\s*(?:https?:)?\/\//i);
    expect(html).not.toMatch(/@import|url\(/i);
    expect(count('script, link, img, iframe, object, embed')).toBe(0);
  });

  it('has a drawing and its figures as a table in every section', () => {
    const sections = [...page.querySelectorAll('section')];
    expect(sections).toHaveLength(7);
    for (const section of sections) {
      expect(section.querySelectorAll('figure > svg').length).toBe(1);
      expect(section.querySelectorAll('table tbody tr').length).toBeGreaterThan(0);
    }
  });

  it('shows names as they are, and takes them for nothing else', () => {
    expect(html).not.toContain('<img');
    expect(count('[onerror]')).toBe(0);
  });

  it('is readable by day and by night', () => {
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('var(--loud)');
  });

  it('leaves out what was not measured', () => {
    const bare = renderEvaluationPage('Bare', { ...EVALUATION, ablations: [], curves: [], abstention: [] });
    expect(bare.match(/<section>/g)).toHaveLength(4);
  });
});

describe('the same as Markdown', () => {
  const markdown = renderEvaluation('Retrieval', EVALUATION);

  it('shows every system, how often it wins, and what each part is worth', () => {
    expect(markdown).toContain('| 3 / 16 / 1 | +.050 [−.050, +.150] |');
    expect(markdown).toContain('LangChain, stock recipe');
    expect(markdown).toContain('without dense');
    expect(markdown).toContain('20 + 20');
  });

  it('says nothing of what was not measured', () => {
    const bare = renderEvaluation('Bare', { ...EVALUATION, ablations: [], abstention: [] });
    expect(bare).not.toMatch(/without it|answer at all/);
  });
});
