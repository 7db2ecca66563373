import { describe, expect, it } from 'vitest';
import type { ConversationTurn } from '../domain/conversation.ts';
import type { ConversationStore } from '../ports/conversation.ts';

const CONVERSATION = { id: 'c1', namespace: 'default' };

/** Every promise of `ConversationStore`. Each test opens a store of its own, which must be empty. */
export function describeConversationStore(name: string, open: () => Promise<ConversationStore>): void {
  const promise = (what: string, check: (store: ConversationStore) => Promise<void>) =>
    it(what, async () => {
      await using store = await open();
      await check(store);
    });

  describe(`${name}: a conversation`, () => {
    promise('begins with its first turn', async (store) => {
      expect(await store.findTurns('c1', 'default', 9)).toBeUndefined();
      await store.saveTurn(CONVERSATION, build('first'));
      expect(await store.findTurns('c1', 'default', 9)).toStrictEqual([build('first')]);
    });

    promise('is told by its last turns, the oldest of them first', async (store) => {
      for (const question of ['c', 'a', 'b']) await store.saveTurn(CONVERSATION, build(question));
      expect((await store.findTurns('c1', 'default', 2))?.map(({ question }) => question)).toEqual(['a', 'b']);
      expect(await store.findTurns('c1', 'default', 0)).toEqual([]);
    });

    promise('is none to another namespace, which may have one of the same id', async (store) => {
      await store.saveTurn(CONVERSATION, build('ours'));
      expect(await store.findTurns('c1', 'team', 9)).toBeUndefined();
      await store.saveTurn({ id: 'c1', namespace: 'team' }, build('theirs'));
      expect(await store.findTurns('c1', 'default', 9)).toStrictEqual([build('ours')]);
      expect(await store.findTurns('c2', 'default', 9)).toBeUndefined();
    });

    promise('keeps its turns to the letter', async (store) => {
      const turn = build('half \ud800 "quoted" \0 é\n');
      await store.saveTurn(CONVERSATION, turn);
      expect(await store.findTurns('c1', 'default', 1)).toStrictEqual([turn]);
    });

    promise('does nothing once its caller has given up', async (store) => {
      const given = AbortSignal.abort(new Error('given up'));
      await expect(store.saveTurn(CONVERSATION, build('a'), given)).rejects.toThrow('given up');
      expect(await store.findTurns('c1', 'default', 9)).toBeUndefined();
    });

    it('of a closed store is unavailable', async () => {
      const store = await open();
      await store[Symbol.asyncDispose]();
      await expect(store.findTurns('c1', 'default', 9)).rejects.toMatchObject({
        code: 'casebook-unavailable',
        isRetryable: true,
      });
    });
  });
}

function build(question: string): ConversationTurn {
  return { question, answer: `of ${question}`, citations: [], at: '2026-03-10T12:00:00.000Z' };
}
