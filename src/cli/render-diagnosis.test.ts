import { describe, expect, it } from 'vitest';
import type { Citation, Diagnosis, Hypothesis, MitigationStep, Precedent } from '../domain/diagnosis.ts';
import { buildDiagnosis } from '../testing/diagnosis-builder.ts';
import { buildSource } from '../testing/knowledge-builder.ts';
import { renderDiagnosis } from './render-diagnosis.ts';

const cite = (document: string, path: string): Citation => ({ document, source: buildSource(path, 7) });

const cause = (fields: Partial<Hypothesis>): Hypothesis => ({
  service: 'payments',
  category: 'leak',
  summary: 'The heap of payments was full.',
  support: 0.6,
  citations: [cite('incident:leak', 'incidents/leak.md')],
  check: null,
  ...fields,
});

const step = (fields: Partial<MitigationStep>): MitigationStep => ({
  step: 'Restart it.',
  commands: ['kubectl rollout restart deploy/orders'],
  citation: cite('incident:leak', 'incidents/leak.md'),
  risk: 'medium',
  destructive: false,
  reversible: false,
  needsApproval: true,
  ...fields,
});

const precedentOf = (path: string): Precedent => ({
  id: 'leak',
  title: 'A leak',
  score: 1,
  scores: {},
  category: 'leak',
  rootCause: null,
  mitigation: [],
  date: '2026-01-01',
  duration: null,
  source: buildSource(path),
});

/** As a terminal without colours shows it, line breaks and indents aside. */
const render = (fields: Partial<Diagnosis>) =>
  renderDiagnosis(buildDiagnosis({ kind: 'answered', rootCause: cause({}), hypotheses: [cause({})], ...fields }))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences.
    .replace(/\u001b\[\d+m/g, '')
    .replace(/\s+/g, ' ');

describe('a diagnosis in the terminal', () => {
  it('says where it was seen when that was not here, and whose commands those are', () => {
    const shown = render({ hypotheses: [cause({ seenAt: 'orders' })], mitigation: [step({})] });
    expect(shown).toContain('It happened at orders then, never at payments');
    expect(shown).toContain('What was done in leak, in vain or not, written for orders');
    expect(render({ mitigation: [step({})] })).not.toContain('written for');
  });

  it('says what would tell each explanation from its rival, without the commands', () => {
    const check = (text: string) => ({ text, citation: cite('runbook:web', 'runbooks/web.md') });
    const shown = render({
      hypotheses: [
        cause({ check: check('2. Watch the heap.\n\n```sh\ntop\n```') }),
        cause({ category: 'load-spike', service: 'web', support: 0.3, check: check('Compare the rates.') }),
      ],
    });
    expect(shown).toContain('To check: Watch the heap. · runbooks/web.md:7');
    expect(shown).toContain(
      '30 % load-spike at web · incidents/leak.md:7 To check: Compare the rates. · runbooks/web.md:7',
    );
  });

  it('tells causes that act together before the rivals', () => {
    const shown = render({
      contributing: [cause({ category: 'bad-release', service: 'search', summary: 'It crashed.' })],
    });
    expect(shown).toContain('At the same time, by itself bad-release at search');
    expect(render({})).not.toContain('At the same time');
  });

  it('marks the steps of a document that another one replaces', () => {
    const old = step({ citation: cite('runbook:web/Old', 'runbooks/web/Old.md'), supersededBy: 'runbook:web/New' });
    expect(render({ mitigation: [old] })).toContain(
      'What the runbook web/Old says superseded by web/New: read that first',
    );
  });

  it('does not tell a new kind of fault as something that was done before', () => {
    const precedents = [precedentOf('incidents/leak.md')];
    const unseen = cause({ category: 'unseen', summary: 'A new kind of fault.' });
    const shown = render({ rootCause: unseen, hypotheses: [unseen], precedents });
    expect(shown).toContain('unseen at payments A new kind of fault.');
    expect(shown).toContain('The nearest incidents, none of them near enough');
    expect(render({ precedents })).toContain('As on 2026-01-01: The heap');
  });

  it('says when somebody should agree first', () => {
    expect(render({ mitigation: [step({})] })).toContain('medium risk, not reversible, somebody should agree first');
    expect(render({ mitigation: [step({ needsApproval: false })] })).not.toContain('agree');
  });

  it('tells chances only where history measured them, and whether that history has changed', () => {
    const { confidence } = buildDiagnosis();
    expect(render({ confidence })).toContain('Confidence 0.05 raw');
    const shown = render({
      confidence: {
        ...confidence,
        calibrated: 0.72,
        service: 0.9,
        category: 0.8,
        interval: [0.6, 0.81],
        decision: 'suggest',
        n: 48,
        calibration: { id: 'c', fittedAt: '2026-03-01T10:00:00.000Z', isStale: true },
      },
    });
    expect(shown).toContain('Confidence 0.72 calibrated (60 % to 81 %): suggest');
    expect(shown).toContain('service right: 90 %, category right: 80 %, measured on 48 graded cases');
    expect(shown).toContain('precedent backtest');
  });
});
