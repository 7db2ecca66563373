import { describe, expect, it } from 'vitest';
import { redactDiagnosis } from './desk-redaction.ts';
import { Diagnosis } from './domain/diagnosis.ts';
import { postJson, serve } from './http/__fixtures__/serve.ts';
import { createRedactor } from './redact/redact.ts';
import { buildDiagnosis } from './testing/diagnosis-builder.ts';
import { createMemoryCasebook } from './testing/memory-casebook.ts';

// In two parts, so that no scanner takes this file for a leak.
const TOKEN = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
const MARK = '(redacted:github-key)';
const redact = createRedactor(['secrets']);

const source = { path: 'a.md', line: 1, endLine: 1, headingPath: [], sha: '' };
const citation = { document: 'incident:a', source };

/** Says `word` wherever a caller's words can end up. */
function saying(word: string): Diagnosis {
  const rootCause = { service: word, category: 'pool', summary: `${word} was slow` };
  return buildDiagnosis({
    rootCause,
    hypotheses: [
      {
        ...rootCause,
        ...{ support: 1, citations: [citation], reasons: [`trace ${word} a latency`], seenAt: word },
        check: { text: `look at ${word}`, citation },
      },
    ],
    suspects: [
      {
        ...{ service: word, operation: word, score: 1, reasons: [`${word} rose`], before: null, after: null },
        exemplarTraceIds: [word],
        withoutBaseline: false,
        rankings: {},
      },
    ],
    causalPath: [{ from: word, to: word, verified: 'unverified' }],
    digest: `suspect: ${word}\n${word}`,
    confidence: { ...buildDiagnosis().confidence, reasons: [`traces point at ${word}`] },
    provenance: {
      ...buildDiagnosis().provenance,
      ...{ attempts: [{ model: 'm', reason: `said ${word}` }], degraded: [`left out ${word}`] },
    },
    situation: {
      text: `first\nlogin with ${word}`,
      alertNames: ['A', `B ${word}`],
      services: ['db', word],
      signals: [`trace ${word} a latency`],
    },
  });
}

describe('a diagnosis at the desk', () => {
  it('is without secrets, wherever its caller wrote them', async () => {
    const clean = await redactDiagnosis(saying(TOKEN), redact);
    expect(clean).toEqual(saying(MARK));
    expect(Diagnosis.safeParse(clean).success).toBe(true);
  });

  it('is what it was when there are none', async () => {
    expect(await redactDiagnosis(saying('db'), redact)).toEqual(saying('db'));
    expect(await redactDiagnosis(buildDiagnosis(), redact)).toEqual(buildDiagnosis());
  });

  it('is searched once, however many words it holds', async () => {
    let searches = 0;
    const counting = (text: string) => {
      searches++;
      return redact(text);
    };
    await redactDiagnosis(saying(TOKEN), counting);
    expect(searches).toBe(1);
  });

  it.each([
    ['fails', async () => Promise.reject(new Error('no'))],
    ['loses lines', async (text: string) => ({ text: text.replaceAll('\n', ' '), counts: {} })],
  ])('keeps nothing of its caller when the search %s', async (_, failing) => {
    const kept = await redactDiagnosis(saying(TOKEN), failing);
    expect(JSON.stringify(kept)).not.toContain(TOKEN);
    expect(kept).not.toHaveProperty('situation');
    expect(kept).toMatchObject({ id: '', digest: null, suspects: [{ service: '(redacted:unchecked)' }] });
  });
});

describe('the situation that is kept', () => {
  const keep = async (text: string) => {
    const situation = { text, alertNames: [text], services: [], signals: [] };
    return (await redactDiagnosis(buildDiagnosis({ situation }), redact)).situation;
  };

  it.each([
    ['ends between words', 'word '.repeat(1_000), 'word '.repeat(400).trim()],
    ['leaves out a word that crosses the end', `${'x'.repeat(1_990)} ${'s'.repeat(100)}`, 'x'.repeat(1_990)],
    [
      'keeps a word that ends there',
      `${'x'.repeat(1_900)} ${'y'.repeat(99)} z`,
      `${'x'.repeat(1_900)} ${'y'.repeat(99)}`,
    ],
    ['cuts a script without spaces', '決済が遅延。'.repeat(600), '決済が遅延。'.repeat(600).slice(0, 2_000)],
    ['cuts an endless word', 'x'.repeat(20_000), 'x'.repeat(2_000)],
    ['cuts no character in two', `${'x'.repeat(1_999)}🔥🔥`, 'x'.repeat(1_999)],
  ])('%s', async (_, text, kept) => {
    const situation = await keep(text);
    expect(situation?.text).toBe(kept);
    expect(situation?.alertNames[0]?.length).toBeGreaterThan(400);
    expect(situation?.alertNames[0]?.length).toBeLessThanOrEqual(500);
  });

  it('holds no part of a secret that crosses the end', async () => {
    for (const length of [480, 490, 1_970, 1_990]) {
      const situation = await keep(`${'x'.repeat(length)} ${TOKEN} more`);
      expect(JSON.stringify(situation)).not.toContain(TOKEN.slice(0, 8));
    }
  });
});

it('no token that a caller plants comes back, or is kept', async () => {
  const casebook = createMemoryCasebook();
  await using served = await serve({}, { casebook });
  await served.app.ingest();
  const alert = {
    labels: { alertname: TOKEN, service: TOKEN, job: TOKEN, severity: TOKEN },
    annotations: { summary: TOKEN, description: `token: ${TOKEN}`, runbook_url: `https://example.com/${TOKEN}` },
  };
  const suspect = { service: TOKEN, operation: TOKEN, reasons: [TOKEN], exemplarTraceIds: [TOKEN] };
  const traceDigest = { text: TOKEN, suspects: [suspect], signals: [`trace ${TOKEN} ${TOKEN} latency`] };
  const response = await postJson(`${served.url}/v1/diagnoses`, { alert, traceDigest });
  const answer = await response.text();
  expect(answer).toContain(MARK);
  expect(answer).not.toContain(TOKEN);
  const kept = await casebook.findDiagnosis(JSON.parse(answer).id);
  expect(kept).toMatchObject({ status: 'done' });
  expect(JSON.stringify(kept)).not.toContain(TOKEN);
});
