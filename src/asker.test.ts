import { describe, expect, it } from 'vitest';
import { openShop } from './ask/__fixtures__/shop.ts';
import { type AskerParts, createAsker } from './asker.ts';
import { AskRequest } from './domain/ask.ts';
import { PrecedentError } from './domain/errors.ts';
import { createRedactor } from './redact/redact.ts';
import { createMemoryConversations } from './testing/memory-conversations.ts';

const QUESTION = 'what did we do last time the orders queue backed up?';
const namespace = 'default';

async function openAsker(parts: Partial<AskerParts> = {}) {
  const { knowledge, ports } = await openShop();
  const failures: string[] = [];
  let last = 0;
  const conversations = createMemoryConversations();
  const asker = createAsker({
    openKnowledge: async () => knowledge,
    openPorts: async () => ports,
    conversations,
    redact: createRedactor(['secrets', 'emails']),
    now: () => new Date('2026-06-01T00:00:00Z'),
    newId: () => `c${++last}`,
    onBackgroundFailure: (what) => failures.push(what),
    ...parts,
  });
  return { asker, conversations, failures };
}

const request = (question: string, more: object = {}) => AskRequest.parse({ question, ...more });

describe('asker', () => {
  it('remembers a conversation, so that the next question may go on from there', async () => {
    const { asker } = await openAsker();
    const { conversation } = await asker.ask(request(QUESTION), { namespace });
    const next = await asker.ask(request('how long did it take?', { conversation }), { namespace });
    expect(next.conversation).toBe(conversation);
    expect(next.text).toContain('It lasted 55m.');
  });

  it('has no conversation for another namespace, nor one that nobody began', async () => {
    const { asker } = await openAsker();
    const { conversation } = await asker.ask(request(QUESTION), { namespace });
    for (const [id, other] of [
      [conversation, 'another'],
      ['c99', namespace],
    ]) {
      const asked = asker.ask(request('and before that?', { conversation: id }), { namespace: other ?? '' });
      await expect(asked).rejects.toMatchObject({ code: 'not-found' });
    }
  });

  it('keeps no secret of a question', async () => {
    const { asker, conversations } = await openAsker();
    const { conversation = '' } = await asker.ask(request(`${QUESTION} ask jane@example.com`), { namespace });
    const [turn] = (await conversations.findTurns(conversation, namespace, 1)) ?? [];
    expect(turn?.question).toContain('(redacted:email)');
    expect(JSON.stringify(turn)).not.toContain('jane@example.com');
  });

  it('answers without its memory while the casebook is away, says so, and promises no conversation', async () => {
    const away = () => Promise.reject(new PrecedentError('casebook-unavailable', 'away'));
    const { asker, failures } = await openAsker({ conversations: { findTurns: away, saveTurn: away } });
    const first = await asker.ask(request(QUESTION), { namespace });
    expect(first).toMatchObject({ kind: 'answered' });
    expect(first.conversation).toBeUndefined();
    expect(first.provenance.degraded?.join()).toContain('could not be kept');
    const later = await asker.ask(request(QUESTION, { conversation: 'c7' }), { namespace });
    expect(later.conversation).toBe('c7');
    expect(later.provenance.degraded?.join()).toContain('could not be read');
    expect(failures).toEqual(['save conversation', 'read conversation']);
  });
});
