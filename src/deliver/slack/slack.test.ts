import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AskAnswer, AskSentence } from '../../domain/ask.ts';
import type { Hypothesis, Precedent } from '../../domain/diagnosis.ts';
import type { DiagnosisAnswer } from '../../domain/diagnosis-answer.ts';
import type { Outage } from '../../domain/outage.ts';
import { buildPromotable, buildStep } from '../../testing/promotable-builder.ts';
import { buildAskMessage } from './ask-answer.ts';
import { SLACK_LIMITS, type SlackMessage } from './blocks.ts';
import { buildDiagnosisMessage } from './diagnosis.ts';
import { findCodeBlock, quoteLine } from './mrkdwn.ts';
import { buildOutageMessage } from './outage.ts';

const source = { path: 'incidents/db-disk-full.md', line: 7, endLine: 9, headingPath: [], sha: 'f00d' };
const hypothesis: Hypothesis = {
  service: 'db',
  category: 'disk-full',
  summary: 'The disk of db is full.',
  support: 0.7,
  citations: [{ document: 'incident:db-disk-full', source }],
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
  date: '2026-01-05',
  duration: '58m',
  source,
};
const answered: DiagnosisAnswer = buildPromotable({ hypotheses: [hypothesis], precedents: [precedent] });

/** Every text of a message that Slack reads as its own markup. */
function markupOf({ text, blocks }: SlackMessage): string[] {
  const parts = blocks.flatMap((block) => {
    if (block.type === 'section') return [block.text.text];
    return block.type === 'context' ? block.elements.map((element) => element.text) : [];
  });
  return [text, ...parts];
}

const textOf = (message: SlackMessage) => markupOf(message).join('\n');

function expectWithinLimits({ text, blocks }: SlackMessage): void {
  expect(text.length).toBeLessThanOrEqual(SLACK_LIMITS.text);
  expect(text.trim()).not.toBe('');
  expect(blocks.length).toBeLessThanOrEqual(50);
  for (const block of blocks) {
    if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
    if (block.type === 'section') expect(block.text.text.length).toBeLessThanOrEqual(3_000);
    if (block.type === 'context') expect(block.elements.length).toBeLessThanOrEqual(10);
    const texts = block.type === 'section' || block.type === 'header' ? [block.text.text] : [];
    for (const part of texts) expect(part.trim()).not.toBe('');
    if (block.type !== 'actions') continue;
    for (const pressed of block.elements) {
      expect(pressed.text.text.length).toBeLessThanOrEqual(75);
      expect(pressed.value.length).toBeLessThanOrEqual(2_000);
    }
  }
  // Half a character is no JSON that Slack takes.
  expect(JSON.stringify({ text, blocks })).not.toMatch(/\\ud[89a-f]/i);
}

const HOSTILE = [
  ':+1: from everybody',
  '<!channel> wake up',
  '<@U0123456789> did it',
  '<https://evil.example.com|Your runbook>',
  '&lt;!here&gt;',
  '`rm -rf /` and ```more```',
  '*bold* _soft_ ~gone~',
  ':white_check_mark: approved',
  'a\n> quoted\n• listed',
  '\u202Etxt.exe\u200B',
];

/** Any characters, halves of some among them. */
const toText = (codes: readonly number[]) => String.fromCharCode(...codes);

describe('a diagnosis in Slack', () => {
  it('says cause, confidence, steps with their risk, and how long it took last time', () => {
    const step = buildStep({
      step: 'Drop old segments.',
      commands: ['drop --all'],
      destructive: true,
      needsApproval: true,
    });
    const message = buildDiagnosisMessage({ ...answered, mitigation: [step] }, { canJudge: true });
    expect(message.blocks[0]).toMatchObject({ type: 'header', text: { text: 'Cause: disk-full at db' } });
    const text = textOf(message);
    expect(text).toContain('The write-ahead log filled the disk of db.');
    expect(text).toContain('uncalibrated (raw 0.05)');
    expect(text).toContain('As in `incidents/db-disk-full.md:7`');
    expect(text).toContain(
      '*1.* Drop old segments. _low risk, destructive, *needs approval*_ `runbooks/db/DbDiskFull.md:12`',
    );
    expect(text).toContain('```drop --all```');
    expect(text).toContain('was full, 2026-01-05, took 58m `incidents/db-disk-full.md:7`');
    expect(text).toContain('`d1` · engine precedent');
    expect(message.text).toContain('Cause: disk-full at db');
  });

  it('can be judged where somebody takes what the buttons say, and nowhere else', () => {
    const { blocks } = buildDiagnosisMessage(answered, { canJudge: true });
    const actions = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
    expect(actions.map(({ action_id, value }) => [action_id, value])).toEqual([
      ['verdict.confirmed', 'd1'],
      ['verdict.rejected', 'd1'],
      ['verdict.other', 'd1'],
    ]);
    expect(buildDiagnosisMessage(answered).blocks.some(({ type }) => type === 'actions')).toBe(false);
  });

  it('says whose answer it is where it was made for something else', () => {
    const text = 'answered 3 hours before, for the same situation';
    const at = '2026-03-01T10:00:00.000Z';
    const reused = { because: 'identical', diagnosis: 'd1', diagnosedAt: at, ageSeconds: 10_800, text } as const;
    expect(textOf(buildDiagnosisMessage({ ...answered, reused }))).toContain(`Note: ${text}`);
  });

  it('that abstained shows its leads and never a cause', () => {
    const abstained: DiagnosisAnswer = { ...answered, kind: 'abstained', reason: 'weak-evidence', mitigation: [] };
    const message = buildDiagnosisMessage(abstained);
    expect(message.blocks[0]).toMatchObject({ text: { text: 'No answer (weak-evidence)' } });
    expect(textOf(message)).toContain('• disk-full at db, 70 % of the votes `incidents/db-disk-full.md:7`');
  });

  it('names a command that Slack cannot show whole instead of showing a part of it', () => {
    const commands = [`psql -c "${'x'.repeat(3_000)}"`, 'echo ```'];
    const text = textOf(buildDiagnosisMessage({ ...answered, mitigation: [buildStep({ commands })] }));
    expect(text).toContain('A command is not shown here (psql …)');
    expect(text).toContain('A command is not shown here (echo …)');
    expect(text).not.toContain('xxx');
  });

  it('links only to an address, and to nothing that an id smuggles in', () => {
    expect(textOf(buildDiagnosisMessage(answered, { link: 'https://p.example.com/v1/diagnoses/d1' }))).toContain(
      '<https://p.example.com/v1/diagnoses/d1|All of it>',
    );
    expect(textOf(buildDiagnosisMessage(answered, { link: 'https://p.example.com/a|b> <!channel' }))).not.toContain(
      '<',
    );
  });

  it.each(HOSTILE)('mentions, links and formats nothing of %j', (words) => {
    const message = buildDiagnosisMessage({
      ...answered,
      id: words,
      rootCause: { service: words, category: words, summary: words },
      hypotheses: [
        { ...hypothesis, service: words, citations: [{ document: words, source: { ...source, path: words } }] },
      ],
      contributing: [{ ...hypothesis, category: words }],
      mitigation: [buildStep({ step: words, supersededBy: words })],
      precedents: [{ ...precedent, title: words, date: words, duration: words, source: { ...source, path: words } }],
    });
    for (const markup of markupOf(message)) {
      expect(markup).not.toMatch(/[<>]|```/);
      // Between backticks Slack reads nothing but the three signs.
      const text = markup.replace(/`[^`]*`/g, '');
      expect(text).not.toMatch(/`|&(?!amp;|lt;|gt;)|:white_check_mark:|:\+1:|\u202E|^&gt;/m);
      expect(text).not.toMatch(/\*bold\*|(?<!\p{L})_soft_|~gone~/u);
    }
  });

  it('keeps within what Slack takes, whatever it holds', () => {
    const words = fc.oneof(
      fc.array(fc.nat({ max: 0xfffff }), { maxLength: 900 }).map(toText),
      fc.constantFrom('&'.repeat(3_500), '😀'.repeat(900), ...HOSTILE),
    );
    const step = fc.record({ step: words, commands: fc.array(words, { maxLength: 8 }), supersededBy: words });
    fc.assert(
      fc.property(words, fc.array(step, { maxLength: 12 }), fc.boolean(), (text, steps, isAnswered) => {
        const hostile = { ...source, path: text };
        const lead = { ...hypothesis, service: text, citations: [{ document: text, source: hostile }] };
        const message = buildDiagnosisMessage(
          {
            ...answered,
            id: text.replace(/\p{C}/gu, '') || 'd',
            kind: isAnswered ? 'answered' : 'abstained',
            rootCause: { service: text, category: text, summary: text },
            hypotheses: [lead, lead, lead, lead],
            contributing: [lead, lead],
            mitigation: steps.map((fields) => buildStep({ ...fields, citation: { document: text, source: hostile } })),
            precedents: Array.from({ length: 9 }, () => ({ ...precedent, title: text, source: hostile })),
          },
          { canJudge: true },
        );
        expectWithinLimits(message);
        // The id by which all of it is found stays, whatever was left out.
        expect(message.blocks.at(-1)?.type).toBe('context');
      }),
      { numRuns: 60 },
    );
  });
});

describe('an answer to a question in Slack', () => {
  const sentence: AskSentence = {
    text: 'Old segments were dropped.',
    citations: [{ document: 'incident:db-disk-full', source, quote: 'dropped' }],
    commands: ['drop --old'],
    risk: 'high',
    needsApproval: true,
  };
  const answer: AskAnswer = {
    kind: 'answered',
    engine: 'precedent',
    text: 'Old segments were dropped. [1]',
    sentences: [sentence],
    sources: [{ kind: 'incident', id: 'db-disk-full', title: precedent.title, score: 0.9, source }],
    answerable: { score: 0.9, reason: 'named' },
    provenance: { generation: 'g1', model: { id: 'm', checksum: 'c', dimension: 2 }, timings: {} },
  };

  it('has each sentence with its lines, its command and what that risks', () => {
    const message = buildAskMessage('what did we do?', answer);
    const text = textOf(message);
    expect(text).toContain('*what did we do?*');
    expect(text).toContain(
      'Old segments were dropped. _high risk, *needs approval*_\n```drop --old```\n↳ `incidents/db-disk-full.md:7`',
    );
    expect(message.text).toBe('Old segments were dropped. [1]');
  });

  it('that is refused says why, and what comes nearest', () => {
    const refused: AskAnswer = {
      ...answer,
      kind: 'refused',
      reason: 'off-topic',
      text: 'Nothing is known.',
      sentences: [],
    };
    const text = textOf(buildAskMessage('<!here> weather?', refused));
    expect(text).toContain('&lt;!here&gt; weather?');
    expect(text).toContain('Nothing is known.');
    expect(text).toContain('Nearest: Checkout slow');
  });

  it('keeps within what Slack takes and says what it left out', () => {
    const long = { ...sentence, text: '&'.repeat(2_000), commands: Array.from({ length: 5 }, () => 'x'.repeat(1_900)) };
    const message = buildAskMessage('&'.repeat(2_000), {
      ...answer,
      sentences: Array.from({ length: 60 }, () => long),
    });
    expectWithinLimits(message);
    expect(textOf(message)).toContain('the rest is left out here');
  });
});

describe('an outage in Slack', () => {
  it('says what alerts, who is exposed, what would explain it, and mentions nobody', () => {
    const outage: Outage = {
      id: 'o1',
      namespace: 'default',
      status: 'open',
      openedAt: '2026-03-01T10:00:00.000Z',
      startedAt: '2026-03-01T10:00:00.000Z',
      lastJoinedAt: '2026-03-01T10:00:00.000Z',
      memberCount: 2,
      alertCount: 4,
      members: [],
      blastRadius: { alerting: ['checkout', '<!channel>'], exposed: [{ service: 'web', hops: 1 }] },
      commonSuspect: { service: 'db', explains: 1, reasons: [] },
      summary: '2 groups of 4 alerts.',
      diagnosis: 'd1',
    };
    const message = buildOutageMessage(outage);
    expectWithinLimits(message);
    const text = textOf(message);
    for (const words of [
      '*Alerting:* checkout, &lt;!channel&gt;',
      '*Exposed:* web',
      'db, explains 100 %',
      'diagnosis `d1`',
    ])
      expect(text).toContain(words);
    const unknown = ['<!channel>'];
    const told = textOf(buildOutageMessage({ ...outage, blastRadius: { ...outage.blastRadius, unknown } }));
    expect(told).toMatch(/\*Alerting:\* checkout$/m);
    expect(told).toContain('*Alerting, in no topology:* &lt;!channel&gt;');
    const many = { ...outage.blastRadius, alerting: Array.from({ length: 400 }, () => '&'.repeat(300)) };
    expectWithinLimits(buildOutageMessage({ ...outage, summary: '&'.repeat(9_000), blastRadius: many }));
  });
});

describe('words in Slack', () => {
  it('keep the names that they hold', () => {
    expect(quoteLine('disk_usage_high of db-0 at 10:00:30', 100)).toBe('disk_usage_high of db-0 at 10:00:30');
  });

  it('of a command are exact, but for the three signs that Slack turns back', () => {
    expect(findCodeBlock("awk '{print $1}' < in > out && echo `date`;", 500)).toBe(
      "```awk '{print $1}' &lt; in &gt; out &amp;&amp; echo `date`;```",
    );
  });
});
