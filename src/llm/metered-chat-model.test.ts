import { describe, expect, it } from 'vitest';
import { ModelFailure } from '../domain/model-failure.ts';
import type { ChatModel, ChatReply } from '../ports.ts';
import { meterChatModel } from './metered-chat-model.ts';

const REQUEST = { system: 's', user: 'u', temperature: 0 };
const live = () => new AbortController().signal;

function modelOf(...replies: readonly (Partial<ChatReply> | Error)[]): ChatModel {
  const script = [...replies];
  return {
    name: 'm',
    complete: async () => {
      const reply = script.shift();
      if (reply instanceof Error) throw reply;
      return { text: '', model: 'm', ...reply };
    },
  };
}

describe('a metered model', () => {
  it('sums calls, tokens and cost, also those of an answer that is of no use', async () => {
    const refused = new ModelFailure('refused', { kind: 'refused', tokens: { input: 7, output: 1 }, cost: 2 });
    const model = meterChatModel(modelOf({ tokens: { input: 100, output: 20 }, cost: 0.5 }, refused, { cost: 0.25 }));
    for (let call = 0; call < 3; call++) await model.complete(REQUEST, live()).catch(() => {});
    expect(model.spent()).toEqual({ calls: 3, tokens: { input: 107, output: 21 }, cost: 2.75 });
  });

  it('says nothing of tokens and cost that nobody counted', async () => {
    const model = meterChatModel(modelOf({}));
    await model.complete(REQUEST, live());
    expect(model.spent()).toEqual({ calls: 1 });
  });

  it('ends a call with its signal, even when the driver does not heed it', async () => {
    const leaving = new AbortController();
    const model = meterChatModel({ name: 'deaf', complete: () => new Promise(() => {}) });
    const asked = model.complete(REQUEST, leaving.signal);
    leaving.abort(new Error('late'));
    await expect(asked).rejects.toThrow('late');
    await expect(model.complete(REQUEST, leaving.signal)).rejects.toThrow('late');
    expect(model.spent().calls).toBe(1);
  });

  it('lets a driver that heeds the signal tell what it tried', async () => {
    const leaving = new AbortController();
    const complete: ChatModel['complete'] = (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () =>
          reject(new ModelFailure('gone', { kind: 'cancelled', attempts: [{ model: 'a', reason: 'slow' }] })),
        );
      });
    const asked = meterChatModel({ name: 'pool', complete }).complete(REQUEST, leaving.signal);
    leaving.abort();
    await expect(asked).rejects.toMatchObject({ attempts: [{ model: 'a', reason: 'slow' }] });
  });
});
