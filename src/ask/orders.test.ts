import { describe, expect, it } from 'vitest';
import { AskRequest } from '../domain/ask.ts';
import { buildRunbook, buildSection, buildStep } from '../testing/knowledge-builder.ts';
import { openShop } from './__fixtures__/shop.ts';
import { ask } from './ask.ts';

const PATH = 'runbooks/web/Release.md';
const ROLLBACK = [
  '- Step 1: `REPLICAS=2` is tested. Never go below it.',
  '- Step 2: `helm rollback web`. Then wait.',
  '- Step 3: `rollout undo` once more.',
].join('\n');

const RELEASE = buildRunbook({
  id: 'web/Release',
  title: 'A release of web fails',
  services: ['web'],
  sections: [
    { ...buildSection(PATH, 'meaning', 'A release of web fails its checks. A restart of web drops every session.', 5) },
    {
      ...buildSection(PATH, 'rollback', ROLLBACK, 30),
      source: { ...buildSection(PATH, 'rollback', '', 30).source, endLine: 32 },
    },
  ],
  steps: [
    buildStep(PATH, 'Restart web one pod after the other.', ['kubectl rollout restart deploy/web'], 12),
    buildStep(PATH, 'Return to the former release of web.', ['kubectl rollout undo deploy/web'], 16),
  ],
});
const NO_WAY_BACK = buildRunbook({
  id: 'web/Slow',
  title: 'A release of web is slow',
  services: ['web'],
  sections: [buildSection('runbooks/web/Slow.md', 'meaning', 'A release of web is slow; it needs no roll back.', 5)],
  steps: [buildStep('runbooks/web/Slow.md', 'Scale web.', ['kubectl scale deploy/web --replicas=4'], 12)],
});

async function askShop(question: string) {
  const { knowledge, ports } = await openShop({ more: [RELEASE, NO_WAY_BACK] });
  return await ask(AskRequest.parse({ question }), [], knowledge, ports);
}

describe('the way back', () => {
  it('is told of the rollback section before anything else, each passage whole and with its risk', async () => {
    const { sentences } = await askShop('how do I roll back a release of web that fails its checks?');
    const [, first, second, third, step, ...more] = sentences;
    expect(first?.text).toBe('Step 1: `REPLICAS=2` is tested. Never go below it.');
    expect(second).toMatchObject({ text: 'Step 2: `helm rollback web`. Then wait.', risk: 'medium' });
    expect(third).toMatchObject({ text: 'Step 3: `rollout undo` once more.', risk: 'medium', needsApproval: true });
    expect(step).toMatchObject({ commands: ['kubectl rollout undo deploy/web'], risk: 'medium' });
    expect(more).toEqual([]);
    for (const { risk } of sentences.slice(1)) expect(risk).toBeDefined();
  });
});

describe('a judgement that nobody can make without a model', () => {
  it('is left to the sentences that hold the asked words, without a step', async () => {
    const { kind, sentences } = await askShop('should I restart web and drop every session?');
    expect(kind).toBe('answered');
    expect(sentences.map(({ text }) => text)).toEqual([
      'A release of web fails',
      'A restart of web drops every session.',
    ]);
  });

  it('is refused where no sentence holds them, and says what to read', async () => {
    const answer = await askShop('is it safe to restart web while a release fails?');
    expect(answer).toMatchObject({ kind: 'refused', reason: 'not-said', sentences: [] });
    expect(answer.text).toContain('Nearest: ');
    expect(answer.text).toContain('A release of web fails (runbook)');
  });
});
