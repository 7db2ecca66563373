import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Citation, MitigationStep } from '../../src/domain/diagnosis.ts';
import { buildDiagnosis } from '../../src/testing/diagnosis-builder.ts';
import { buildRunbook, buildSection } from '../../src/testing/knowledge-builder.ts';
import { checkCitations, openShelf, sumUpCitations } from './citations.ts';

const PATH = 'runbooks/db/Full.md';
const TEXT = '# Full\n\n1. **Free** [space](https://example.com) on `db`:\n\n   ```sh\n   df -h /var\n   ```\n';
const SHA = createHash('sha1').update(`blob ${TEXT.length}\0${TEXT}`).digest('hex');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-citations-'));
  mkdirSync(join(folder, 'runbooks', 'db'), { recursive: true });
  writeFileSync(join(folder, PATH), TEXT);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const runbook = buildRunbook({ id: 'db/Full', sections: [buildSection(PATH, 'mitigation', TEXT)] });

function cite(fields: Partial<Citation['source']> = {}, document = 'runbook:db/Full'): Citation {
  return { document, source: { path: PATH, line: 3, endLine: 7, headingPath: [], sha: SHA, ...fields } };
}

function step(fields: Partial<MitigationStep> = {}): MitigationStep {
  const judged = { risk: 'low', destructive: false, reversible: true, needsApproval: false } as const;
  return { step: 'Free space on db:', commands: ['df -h /var'], citation: cite(), ...judged, ...fields };
}

function faultsOf(mitigation: MitigationStep[], hypothesis?: Citation): readonly string[] {
  const cause = { service: 'db', category: 'disk', summary: 'full', support: 1, check: null };
  const hypotheses = hypothesis ? [{ ...cause, citations: [hypothesis] }] : [];
  return checkCitations(buildDiagnosis({ mitigation, hypotheses }), openShelf([runbook], [folder])).faults;
}

describe('a citation', () => {
  it('resolves to a document and lines that its file has, and a step to words that stand there', () => {
    expect(faultsOf([step()], cite())).toEqual([]);
  });

  it.each([
    ['of a document that nobody has', cite({}, 'runbook:db/Gone'), 'runbook:db/Gone is not in the knowledge'],
    ['of another file', cite({ path: 'runbooks/db/Other.md' }), 'runbook:db/Full is not runbooks/db/Other.md'],
    ['beyond the end of the file', cite({ endLine: 8 }), 'the file has 7 lines'],
    ['that ends before it begins', cite({ line: 5, endLine: 4 }), 'the file has 7 lines'],
    ['of another version of the file', cite({ sha: '0'.repeat(40) }), 'not the file that was read'],
  ])('%s does not', (_, citation, fault) => {
    expect(faultsOf([], citation)).toEqual([expect.stringContaining(fault)]);
  });

  it('is of a step whose words go on behind its commands, and of no words that stand nowhere', () => {
    const text = `1. Look at the disk.\n\n   \`\`\`sh\n   df -h /var\n   \`\`\`\n\n   It was full.\n`;
    const told = buildRunbook({ id: 'db/Full', sections: [buildSection(PATH, 'mitigation', text)] });
    const check = (words: string) => {
      const mitigation = [step({ step: words, citation: cite({ line: 1, endLine: 1 }) })];
      return checkCitations(buildDiagnosis({ mitigation, hypotheses: [] }), openShelf([told], [])).faults;
    };
    expect(check('Look at the disk. It was full.').filter((fault) => fault.includes('does not say'))).toEqual([]);
    expect(check('Look at the disk. It was empty.').join()).toContain('does not say');
  });

  it('is checked against the document itself where no file is at hand', () => {
    const hypothesis = { service: 'db', category: 'disk', summary: '', support: 1, check: null, citations: [cite()] };
    const answer = buildDiagnosis({ hypotheses: [hypothesis], mitigation: [step({ citation: cite({ endLine: 5 }) })] });
    expect(checkCitations(answer, openShelf([runbook], [])).faults).toEqual([expect.stringContaining('has 5 lines')]);
  });
});

describe('a step', () => {
  it.each([
    ['whose words are not in its document', step({ step: 'Delete everything.' }), 'does not say: Delete everything.'],
    ['whose command is not', step({ commands: ['rm -rf /var'] }), 'does not say: rm -rf /var'],
  ])('%s is a fault', (_, wrong, fault) => {
    expect(faultsOf([wrong])).toEqual([expect.stringContaining(fault)]);
  });
});

it('one fault spoils one answer, however many citations it has', () => {
  const whole = { citations: 3, quotes: 1, faults: [] };
  const spoilt = { citations: 3, quotes: 1, faults: ['a', 'b'] };
  const summed = sumUpCitations([whole, spoilt]);
  expect(summed).toMatchObject({ citations: 6, quotes: 2, faults: ['a', 'b'], whole: { n: 2, value: 0.5 } });
});
