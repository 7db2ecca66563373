import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnosis, Hypothesis, Precedent } from '../domain/diagnosis.ts';
import type { Occurrence, ReusedAnswer } from '../domain/occurrence.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { buildPromotable, buildStep } from '../testing/promotable-builder.ts';
import { MAX_ANNOTATION, renderAnnotation } from './annotation.ts';

const source = { path: 'incidents/db-disk-full.md', line: 7, endLine: 9, headingPath: [], sha: 'f00d' };
const cited = { document: 'incident:db-disk-full', source };
const hypothesis: Hypothesis = {
  service: 'db',
  category: 'disk-full',
  summary: 'The disk of db is full.',
  support: 0.7,
  citations: [cited],
  check: null,
};
const precedent: Precedent = {
  id: 'db-disk-full',
  title: 'Checkout slow because the disk of db was full',
  score: 0.9,
  scores: {},
  category: 'disk-full',
  rootCause: null,
  mitigation: [],
  date: null,
  duration: null,
  source,
};
const answered = buildPromotable({ hypotheses: [hypothesis], precedents: [precedent] });
const occurrence: Occurrence = {
  id: 'o1',
  namespace: 'default',
  sender: 'alertmanager',
  groupKey: 'g',
  status: 'answered',
  receivedAt: '2026-03-01T10:00:00.000Z',
  startedAt: '2026-03-01T10:00:00.000Z',
  durationSeconds: 605,
  alerts: { firing: 0, resolved: 1 },
};
const reused: ReusedAnswer = {
  because: 'identical',
  diagnosis: 'd1',
  diagnosedAt: '2026-03-01T10:00:00.000Z',
  ageSeconds: 720,
  text: 'Answered 12 minutes before, for the same situation.',
};

const sized = (text: string) => [...text].length;

describe('an annotation', () => {
  it('tells the cause, how sure it is, where it happened before and what to do first', () => {
    expect(renderAnnotation(answered, { link: 'https://precedent.example.com/v1/diagnoses/d1' })).toBe(
      [
        'Cause: disk-full at db. The write-ahead log filled the disk of db.',
        'Confidence: uncalibrated (raw 0.05)',
        'As in “Checkout slow because the disk of db was full”: incidents/db-disk-full.md:7',
        '1. [low risk] Look at what fills the disk. $ df -h /var/lib/db (runbooks/db/DbDiskFull.md:12)',
        "2. [low risk] Drop old segments. $ SELECT pg_switch_wal(); SELECT 'done'; (runbooks/db/DbDiskFull.md:12)",
        'More: https://precedent.example.com/v1/diagnoses/d1',
      ].join('\n'),
    );
  });

  it('says a chance where one was measured, and what may be done with it', () => {
    const confidence = { ...answered.confidence, calibrated: 0.826, interval: [0.7, 0.9] as [number, number], n: 120 };
    expect(renderAnnotation({ ...answered, confidence: { ...confidence, decision: 'suggest' } })).toContain(
      'Confidence: worth checking first, 82 % (70 % to 90 %), measured on 120 graded cases',
    );
  });

  it('marks what a step risks', () => {
    const step = buildStep({ step: 'Drop the table.', risk: 'high', destructive: true, needsApproval: true });
    expect(renderAnnotation({ ...answered, mitigation: [step] })).toContain(
      '1. [high risk, destructive, needs approval] Drop the table. (runbooks/db/DbDiskFull.md:12)',
    );
  });

  it('that abstains says so, with the best leads and the nearest incidents', () => {
    const text = renderAnnotation(buildDiagnosis({ hypotheses: [hypothesis], precedents: [precedent] }));
    expect(text).toMatch(/^No answer \(no-precedent\)\. No precedent/);
    expect(text).toContain('- disk-full at db, 70 % of the votes (incidents/db-disk-full.md:7)');
    expect(text).toContain('- “Checkout slow because the disk of db was full”: incidents/db-disk-full.md:7');
  });

  it('says whose answer it is, and how long the alerts fired', () => {
    const text = renderAnnotation({ ...answered, occurrence, reused });
    expect(text).toContain('Note: Answered 12 minutes before, for the same situation.');
    expect(text).toContain('The alerts were resolved after 10 min');
  });

  it('leaves out what does not fit, never a part of a place or of a command', () => {
    const long = 'Look at the disk of each replica. '.repeat(20);
    const steps = Array.from({ length: 4 }, (_, at) =>
      buildStep({ step: `${at} ${long} then run \`rm -rf /var/lib/db/old segments\``, commands: [`df -h /disk${at}`] }),
    );
    const text = renderAnnotation(
      { ...answered, mitigation: steps, reused },
      { link: `https://example.com/${'x'.repeat(99)}` },
    );
    expect(sized(text)).toBeLessThanOrEqual(MAX_ANNOTATION);
    expect(text).toContain(`More: https://example.com/${'x'.repeat(99)}`);
    expect(text).toContain('1. [low risk] 0 Look at the disk of each replica.');
    expect(text).not.toContain('rm -rf');
    expect(text).toMatch(/\n\(\d more steps?\)\n/);
    for (const line of text.split('\n').filter((one) => /^\d\./.test(one)))
      expect(line).toMatch(/(?:…| \$ df -h \/disk\d) \(runbooks\/db\/DbDiskFull\.md:12\)$/);
  });

  it('skips no step: what does not fit is left out with all that comes after it', () => {
    const steps = ['Wait. '.repeat(25), 'Look. '.repeat(25), 'Stop. '.repeat(25), 'End it.', 'Go home.'].map((step) =>
      buildStep({ step, commands: [`systemctl status ${'db-replica '.repeat(10)}`] }),
    );
    const text = renderAnnotation({ ...answered, mitigation: steps });
    expect(text).toMatch(/\n2\. .*\n\(3 more steps\)$/);
  });

  it('cuts no command that stands in a sentence', () => {
    const step = `${'Wait. '.repeat(22)}Run \`kubectl delete pod db-0 --namespace prod --grace-period 30\` at last.`;
    expect(renderAnnotation({ ...answered, mitigation: [buildStep({ step })] })).toMatch(/Wait\. Run… \(runbooks/);
  });

  it('is plain whatever stands in an alert: no control characters, no direction marks, no lines of its own', () => {
    const summary = 'disk\u0007 full\u202e evil\r\nCause: none\u2028\ud800 really';
    const text = renderAnnotation({ ...answered, rootCause: { ...answered.rootCause, summary } });
    expect(text.split('\n')[0]).toBe('Cause: disk-full at db. disk full evil Cause: none really');
  });
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 1_500 }),
  fc.string({ unit: 'grapheme', maxLength: 1_500 }),
  fc
    .array(fc.constantFrom('\ud83d', '\ude00', '\u0000', '\n', 'ab ', '漢字', '`'), { maxLength: 900 })
    .map((parts) => parts.join('')),
);
const anySource = fc.record({
  path: anyText,
  line: fc.integer({ min: 1, max: 9_999_999 }),
  endLine: fc.constant<number>(9_999_999),
  headingPath: fc.constant<string[]>([]),
  sha: fc.constant<string>('f00d'),
});
const anyCitation = fc.record({ document: anyText, source: anySource });
const anyStep = fc
  .record({ step: anyText, commands: fc.array(anyText, { maxLength: 2 }), citation: anyCitation })
  .map((fields) => buildStep(fields));
const anyHypothesis = fc
  .record({
    service: fc.option(anyText),
    category: anyText,
    summary: anyText,
    citations: fc.array(anyCitation, { maxLength: 2 }),
  })
  .map((fields): Hypothesis => ({ ...hypothesis, ...fields }));
const anyDiagnosis = fc
  .record({
    kind: fc.constantFrom('answered', 'abstained'),
    rootCause: fc.record({ service: fc.option(anyText), category: anyText, summary: anyText }),
    hypotheses: fc.array(anyHypothesis, { maxLength: 4 }),
    contributing: fc.array(anyHypothesis, { maxLength: 2 }),
    mitigation: fc.array(anyStep, { maxLength: 5 }),
    precedents: fc.array(
      fc.record({ title: anyText, source: anySource }).map((fields) => ({ ...precedent, ...fields })),
      { maxLength: 4 },
    ),
  })
  .map((fields): Diagnosis => buildDiagnosis(fields as Partial<Diagnosis>));

describe('any diagnosis whatever', () => {
  it('becomes at most 1,000 characters without control characters or half ones', () => {
    fc.assert(
      fc.property(anyDiagnosis, fc.option(anyText, { nil: undefined }), anyText, (diagnosis, link, words) => {
        const answer = { ...diagnosis, occurrence, reused: { ...reused, text: words } };
        const text = renderAnnotation(answer, link === undefined ? {} : { link });
        expect(sized(text)).toBeLessThanOrEqual(MAX_ANNOTATION);
        expect(text).not.toMatch(/[^\P{C}\n]/u);
        expect(text).not.toMatch(/\n\n|^\n|\n$/);
      }),
      { numRuns: 300 },
    );
  });
});
