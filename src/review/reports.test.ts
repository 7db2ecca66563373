import { describe, expect, it } from 'vitest';
import type { ComparedQuestion, Comparison } from './comparison.ts';
import { toComparisonFindings, toMarkdown, toText } from './comparison-report.ts';
import type { AlertCoverage, Coverage } from './coverage.ts';
import { summariseCoverage, toCoverageFindings } from './coverage-report.ts';

const NEAREST = { id: 'db/DiskFull', title: 'Disk full', path: 'runbooks/db/DiskFull.md', line: 1, score: 0.4123 };

function coverageOf(alert: Partial<AlertCoverage>): Coverage {
  const counts = { alerts: 1, covered: 0, uncovered: 1, deadLinks: 0, unreached: 0 };
  const alerts = [{ alert: 'QueueGrows', path: 'rules.yaml', line: 4, status: 'uncovered' as const, ...alert }];
  return { generation: 'g1', share: 0, counts, alerts, unreachedRunbooks: [], problems: [] };
}

describe('a coverage report', () => {
  it('names the nearest runbook of a gap, and how to begin one', () => {
    expect(toCoverageFindings(coverageOf({ nearest: NEAREST }))).toEqual([
      {
        rule: 'alert-without-runbook',
        severity: 'warning',
        path: 'rules.yaml',
        line: 4,
        message:
          'QueueGrows has no runbook; the nearest is db/DiskFull (runbooks/db/DiskFull.md:1, 0.41). Start one with: precedent new runbook --alert QueueGrows',
      },
    ]);
  });

  it('calls a dead link an error, and says what to link instead', () => {
    const dead = { status: 'dead-link' as const, link: 'https://x.example.com/Gone', runbook: NEAREST };
    expect(toCoverageFindings(coverageOf(dead))).toMatchObject([
      {
        rule: 'dead-runbook-link',
        severity: 'error',
        message:
          'QueueGrows links to https://x.example.com/Gone, which is not here; runbooks/db/DiskFull.md is its runbook: link that',
      },
    ]);
  });

  it('points at runbooks that nothing leads to and at rules that cannot be read', () => {
    const coverage = {
      ...coverageOf({ status: 'covered' }),
      unreachedRunbooks: [NEAREST],
      problems: [{ path: 'rules.yaml', line: 9, message: 'not readable as a rule file: …' }],
    };
    expect(toCoverageFindings(coverage).map(({ rule, path, line }) => [rule, path, line])).toEqual([
      ['unreadable-rules', 'rules.yaml', 9],
      ['unreached-runbook', 'runbooks/db/DiskFull.md', 1],
    ]);
  });

  it('sums up in a line', () => {
    expect(summariseCoverage(coverageOf({}))).toBe(
      '0 of 1 alerts have a runbook (0 %), 0 dead links, 0 runbooks that no alert reaches',
    );
  });
});

const WORSE: ComparedQuestion = {
  kind: 'words',
  subject: 'QueueGrows',
  path: 'rules.yaml',
  line: 4,
  expected: ['mq/Queue'],
  before: [{ kind: 'runbook', id: 'mq/Queue', score: 0.9 }],
  after: [{ kind: 'runbook', id: 'a|b', score: 0.9 }],
  rankBefore: 1,
  verdict: 'worse',
};

const COMPARISON: Comparison = {
  base: 'a'.repeat(40),
  documents: { added: [{ kind: 'runbook', id: 'a|b', path: 'runbooks/a.md', line: 1 }], removed: [], changed: [] },
  counts: { asked: 5, better: 0, worse: 1, changed: 0, same: 4 },
  questions: [WORSE],
};

describe('a comparison report', () => {
  it('annotates what got worse where the alert is written', () => {
    expect(toComparisonFindings(COMPARISON)).toEqual([
      {
        rule: 'answer-got-worse',
        severity: 'warning',
        path: 'rules.yaml',
        line: 4,
        message: 'the words of alert QueueGrows: rank 1 → none. First now: a|b',
      },
    ]);
    const better = { ...COMPARISON, questions: [{ ...WORSE, verdict: 'better' as const }] };
    expect(toComparisonFindings(better)).toEqual([]);
  });

  it('is a table in Markdown, whose cells hold whatever ids there are', () => {
    expect(toMarkdown(COMPARISON)).toContain(
      '| worse | the words of alert QueueGrows | rank 1 → none | mq/Queue | a\\|b |',
    );
    expect(toMarkdown({ ...COMPARISON, questions: [] })).not.toContain('|---');
  });

  it('tells the same on a terminal', () => {
    expect(toText(COMPARISON)).toBe(
      [
        'against aaaaaaaaaaaa: documents 1 added',
        '5 questions: 1 worse, 0 better, 0 changed, 4 the same',
        'worse   the words of alert QueueGrows: rank 1 → none',
        '        before mq/Queue',
        '        after  a|b',
        '',
      ].join('\n'),
    );
  });
});
