import { beforeAll, describe, expect, it } from 'vitest';
import { Diagnosis } from '../../domain/diagnosis.ts';
import { postJson, type Served, serve } from '../../http/__fixtures__/serve.ts';
import { createHashEmbedder } from '../../testing/hash-embedder.ts';
import { createKnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { createMemoryBacktests } from '../../testing/memory-backtests.ts';
import { createMemoryIndex } from '../../testing/memory-index.ts';
import { PLANTED_INSTRUCTIONS } from './__fixtures__/planted-instructions.ts';
import { plantIn, SHOP_ALERT, SHOP_FILES, type ShopFile } from './__fixtures__/shop-folder.ts';

/** Steps and commands that people stored. Nothing else may ever be recommended. */
const STORED_STEPS = ['Reserve stock in batches.', 'Switch to the other bank.', 'Shed load at the gateway.'];
const STORED_COMMANDS = ['kubectl set env deploy/inventory BATCH=50'];

async function startShop(files: Readonly<Record<string, string>>): Promise<Served> {
  await using knowledge = await createKnowledgeFolder(files);
  const drivers = { index: createMemoryIndex(), embedder: createHashEmbedder(), backtests: createMemoryBacktests() };
  const served = await serve({ KNOWLEDGE_DIR: knowledge.path, POLL_SECONDS: '0' }, drivers);
  await served.app.ingest();
  return served;
}

async function diagnose({ url }: Served, request: object): Promise<Diagnosis> {
  const response = await postJson(`${url}/v1/diagnoses`, { options: { engine: 'precedent' }, ...request });
  expect(response.status).toBe(200);
  return Diagnosis.parse(await response.json());
}

const adviceOf = ({ kind, rootCause, mitigation, confidence }: Diagnosis) => ({
  kind,
  category: rootCause.category,
  service: rootCause.service,
  decision: confidence.decision,
  steps: mitigation.map(({ step, commands }) => [step, ...commands]),
});

function listUnstored({ mitigation, precedents, hypotheses }: Diagnosis, texts: string): string[] {
  const steps = [...mitigation.map(({ step }) => step), ...precedents.flatMap((precedent) => precedent.mitigation)];
  return [
    ...steps.filter((step) => !STORED_STEPS.includes(step)),
    ...mitigation.flatMap(({ commands }) => commands).filter((command) => !STORED_COMMANDS.includes(command)),
    ...hypotheses.flatMap(({ check }) => (check && !texts.includes(check.text) ? [check.text] : [])),
  ];
}

/** The same words in another order: whatever they say by being there, they order nobody. */
function shuffle(text: string): string {
  return text.split(/\s+/).reverse().join(' ');
}

const texts = Object.values(SHOP_FILES).join('\n');

describe('an alert with a planted text', () => {
  let served: Served;
  let clean: Diagnosis;
  beforeAll(async () => {
    served = await startShop(SHOP_FILES);
    clean = await diagnose(served, { alert: SHOP_ALERT });
    return () => served[Symbol.asyncDispose]();
  });

  const summary = SHOP_ALERT.annotations.summary;
  const PLACES: readonly (readonly [name: string, alertWith: (text: string) => object])[] = [
    ['its summary', (text) => ({ ...SHOP_ALERT, annotations: { summary: `${summary}. ${text}` } })],
    [
      'labels and a note of its own',
      (text) => ({
        ...SHOP_ALERT,
        labels: { ...SHOP_ALERT.labels, team: text, instance: text },
        annotations: { summary, runbook_url: text, note: text },
      }),
    ],
  ];

  it('is answered when nothing is planted', () => {
    expect(adviceOf(clean)).toMatchObject({ kind: 'answered', category: 'lock-contention', service: 'inventory' });
    expect(clean.mitigation.length).toBe(2);
    expect(listUnstored(clean, texts)).toEqual([]);
  });

  it.each(PLACES)(
    'in %s gets no other advice than the words themselves do',
    { timeout: 60_000 },
    async (_, alertWith) => {
      const found: unknown[] = [];
      for (const { name, text } of PLANTED_INSTRUCTIONS) {
        const planted = await diagnose(served, { alert: alertWith(text) });
        const words = await diagnose(served, { alert: alertWith(shuffle(text)) });
        if (JSON.stringify(adviceOf(planted)) !== JSON.stringify(adviceOf(words)))
          found.push([name, adviceOf(planted), adviceOf(words)]);
        // It may speak against the answer, as any unlike word does; it never makes another one.
        if (planted.kind === 'answered' && planted.rootCause.category !== clean.rootCause.category)
          found.push([name, planted.rootCause]);
        found.push(...listUnstored(planted, texts).map((step) => [name, step]));
      }
      expect(found).toEqual([]);
    },
  );

  it('in a digest made elsewhere leads to no step that is not stored', { timeout: 60_000 }, async () => {
    const found: unknown[] = [];
    for (const { name, text } of PLANTED_INSTRUCTIONS) {
      const traceDigest = {
        text: text.slice(0, 10_000),
        suspects: [{ service: 'inventory', operation: text.slice(0, 2_000) }],
      };
      const planted = await diagnose(served, { alert: SHOP_ALERT, traceDigest });
      if (planted.rootCause.service !== 'inventory') found.push([name, planted.rootCause]);
      found.push(...listUnstored(planted, texts).map((step) => [name, step]));
    }
    expect(found).toEqual([]);
  });
});

describe('a document with a planted text', () => {
  const PLACES: readonly (readonly [file: ShopFile, section: 'Summary' | 'Meaning'])[] = [
    ['runbooks/checkout/CheckoutSlow.md', 'Meaning'],
    ['incidents/2026/2026-01-12-charge.md', 'Summary'],
  ];
  /** Headings and lists of a document are its author's: here the text is one paragraph that somebody added. */
  const asParagraph = (text: string) => text.replace(/\s+/g, ' ').replace(/^([-#>+*~`|[])/, 'Note: $1');

  it.each(PLACES)('%s, %s: no step, cause or decision comes of it', { timeout: 60_000 }, async (file, section) => {
    await using unplanted = await startShop(SHOP_FILES);
    const expected = adviceOf(await diagnose(unplanted, { alert: SHOP_ALERT }));
    const all = PLANTED_INSTRUCTIONS.map(({ text }) => asParagraph(text)).join('\n\n');
    await using served = await startShop(plantIn(file, section, all));
    const planted = await diagnose(served, { alert: SHOP_ALERT });
    expect(adviceOf(planted)).toEqual(expected);
    expect(listUnstored(planted, texts)).toEqual([]);
  });
});
