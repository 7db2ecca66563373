import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Hypothesis, RootCausePrediction } from '../../../domain/diagnosis.ts';
import { meterChatModel } from '../../../llm/metered-chat-model.ts';
import { buildLlmEvidence, GOOD_ANSWER } from '../../../testing/llm-evidence.ts';
import { createScriptedChatModel } from '../../../testing/scripted-chat-model.ts';
import { predictByLlm } from './by-llm.ts';
import { type Agreement, agreeOn, groupByMeaning, overlap } from './by-llm-agreement.ts';

type Predictions = [RootCausePrediction, ...RootCausePrediction[]];

function say(category: string, service: string | null = 'web', summary = `It is ${category}.`): RootCausePrediction {
  const rootCause = { category, service, summary };
  const hypothesis: Hypothesis = { ...rootCause, support: 0.9, citations: [], check: null };
  return { engine: 'llm', rootCause, hypotheses: [hypothesis], mitigation: [] };
}

const agree = (...said: RootCausePrediction[]) => agreeOn(said as Predictions);
const holdOut = (...said: RootCausePrediction[]) => agreeOn(said as Predictions, 'held-out');
const supports = ({ hypotheses }: RootCausePrediction) =>
  hypotheses.map(({ category, support }) => [category, Math.round(support * 1_000) / 1_000]);

const UNSEEN = {
  disk: [
    'The disk of the orders database is full.',
    'Orders database: full disk.',
    'A full disk at the orders database',
  ],
  cert: ['A certificate of the gateway has expired.', 'Gateway certificate expired yesterday'],
};

describe('several answers', () => {
  it('agree on the cause that most of them name, and its share is its support', () => {
    const agreed = agree(say('dns'), say('load'), say('load'));
    expect(agreed.rootCause.category).toBe('load');
    expect(supports(agreed)).toEqual([
      ['load', 0.667],
      ['dns', 0.333],
    ]);
  });

  it('tell services apart, and one that is not named from one that is', () => {
    expect(
      groupByMeaning(
        [say('load', 'web'), say('load', 'db'), say('load', null), say('load', 'web')].map((one) => one.rootCause),
      ),
    ).toEqual([[0, 3], [1], [2]]);
  });

  it('that know no such cause mean the same when they share most words', () => {
    const [disk, cert] = [UNSEEN.disk, UNSEEN.cert];
    const causes = [disk[0], cert[0], disk[1], cert[1], disk[2]].map(
      (summary) => say('unseen', null, summary).rootCause,
    );
    expect(groupByMeaning(causes)).toEqual([
      [0, 2, 4],
      [1, 3],
    ]);
    expect(agree(...causes.slice(0, 3).map(({ summary }) => say('unseen', null, summary))).rootCause.summary).toBe(
      disk[0],
    );
  });

  it('are told by the one that says most of what the others say', () => {
    const central = 'Load tripled and the only worker was saturated';
    const agreed = agree(
      say('load', 'web', 'Load tripled.'),
      say('load', 'web', central),
      say('load', 'web', 'The only worker was saturated'),
    );
    expect(agreed.rootCause.summary).toBe(central);
  });

  it('keep rivals that none of them believed in as leads without support', () => {
    const [first] = say('load').hypotheses;
    const rival = { ...say('dns').rootCause, support: 0.2, citations: [], check: null };
    const agreed = agree({ ...say('load'), hypotheses: first ? [first, rival] : [] }, say('load'));
    expect(supports(agreed)).toEqual([
      ['load', 1],
      ['dns', 0],
    ]);
  });
});

describe('held out, four answers and more', () => {
  it('choose by one half and count by the other', () => {
    // Places 0, 2, 4 choose load; places 1, 3 count.
    const agreed = holdOut(say('load'), say('dns'), say('load'), say('load'), say('load'));
    expect(agreed.rootCause.category).toBe('load');
    expect(supports(agreed)).toEqual([
      ['load', 0.5],
      ['dns', 0.5],
    ]);
  });

  it('lead with what was chosen, though the other half says otherwise', () => {
    const agreed = holdOut(say('load'), say('dns'), say('load'), say('dns'));
    expect(agreed.rootCause.category).toBe('load');
    expect(supports(agreed)).toEqual([
      ['load', 0],
      ['dns', 1],
    ]);
  });

  it('are all that counts with fewer than four', () => {
    expect(holdOut(say('load'), say('dns'), say('load'))).toEqual(agree(say('load'), say('dns'), say('load')));
  });
});

const CAUSES = ['load', 'dns', 'disk', 'unseen'];
const said = fc
  .array(fc.constantFrom(...CAUSES), { minLength: 2, maxLength: 15 })
  .map((names) => names.map((name) => say(name)));

describe('for all answers', () => {
  it('shares are 0..1 and sum to 1 at most; what was chosen leads', () => {
    fc.assert(
      fc.property(said, fc.constantFrom(agree, holdOut), (all, agreeing) => {
        const { rootCause, hypotheses } = agreeing(...all);
        const sum = hypotheses.reduce((total, { support }) => total + support, 0);
        expect(sum).toBeLessThanOrEqual(1 + 1e-9);
        expect(hypotheses.every(({ support }) => support >= 0)).toBe(true);
        expect(hypotheses[0]?.category).toBe(rootCause.category);
      }),
    );
  });

  it('a share is what was counted', () => {
    const shareOf = (category: string, counting: readonly RootCausePrediction[]) =>
      counting.filter(({ rootCause }) => rootCause.category === category).length / counting.length;
    fc.assert(
      fc.property(said, (all) => {
        const counting = all.length < 4 ? all : all.filter((_, place) => place % 2 === 1);
        for (const { category, support } of agree(...all).hypotheses)
          expect(support).toBeCloseTo(shareOf(category, all));
        for (const { category, support } of holdOut(...all).hypotheses)
          expect(support).toBeCloseTo(shareOf(category, counting));
      }),
    );
  });

  it('the cause that is named has the largest share of all answers, unless those that choose are fewer', () => {
    fc.assert(
      fc.property(said, (all) => {
        const { hypotheses } = agree(...all);
        expect(hypotheses[0]?.support).toBe(Math.max(...hypotheses.map(({ support }) => support)));
      }),
    );
  });

  it('groups are the same in any order, and every answer is in one', () => {
    const summary = fc.array(fc.constantFrom('disk', 'full', 'orders', 'gateway', 'expired', 'slow'), {
      minLength: 1,
      maxLength: 5,
    });
    const causes = fc.array(summary, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(causes, fc.infiniteStream(fc.nat(7)), (texts, random) => {
        const all = texts.map((words, index) => ({
          place: index,
          cause: say('unseen', null, words.join(' ')).rootCause,
        }));
        const order = [...all].sort(() => (random.next().value ?? 0) - 3.5);
        const asSets = (groups: number[][], list: typeof all) =>
          groups
            .map((group) =>
              group
                .map((at) => list[at]?.place ?? -1)
                .sort((a, b) => a - b)
                .join(),
            )
            .sort();
        const grouped = asSets(groupByMeaning(all.map(({ cause }) => cause)), all);
        expect(asSets(groupByMeaning(order.map(({ cause }) => cause)), order)).toEqual(grouped);
        expect(grouped.join().split(',').length).toBe(all.length);
      }),
    );
  });

  it('words in common are the same from both sides, 1 with itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        expect(overlap(a, b)).toBe(overlap(b, a));
        expect(overlap(a, a)).toBe(1);
      }),
    );
  });
});

/** Answers drawn of causes of which the first is right so often, the others alike. */
function draw(right: number, wrong: number, n: number, random: () => number): RootCausePrediction[] {
  return Array.from({ length: n }, () =>
    random() < right ? say('right') : say(`wrong-${Math.floor(random() * wrong)}`),
  );
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('on hard questions', () => {
  /** The mean share of the chosen cause, and how often a new answer says the same. */
  function measure(n: number, agreement: Agreement): { said: number; so: number } {
    const random = seeded(7);
    let [said, so] = [0, 0];
    const rounds = 2_000;
    for (let round = 0; round < rounds; round++) {
      const agreed = agreeOn(draw(0.3, 3, n, random) as Predictions, agreement);
      said += (agreed.hypotheses[0]?.support ?? 0) / rounds;
      so += (draw(0.3, 3, 1, random)[0]?.rootCause.category === agreed.rootCause.category ? 1 : 0) / rounds;
    }
    return { said, so };
  }

  it.each([4, 6, 10])(
    'the share that %d answers hold out tells how often the next one agrees; that of all of them says more',
    (n) => {
      const heldOut = measure(n, 'held-out');
      const own = measure(n, 'plain');
      expect(Math.abs(heldOut.said - heldOut.so)).toBeLessThan(0.04);
      expect(own.said - own.so).toBeGreaterThan(0.08);
    },
  );
});

describe('asked of a model', () => {
  const other = {
    ...GOOD_ANSWER,
    category: 'dns',
    service: 'inference-server',
    summary: 'Name lookups are slow.',
    hypotheses: [],
  };
  const answer = (value: object) => JSON.stringify(value);

  async function ask(samples: number, ...lines: readonly string[]) {
    const chatModel = createScriptedChatModel(...lines);
    const attempts: string[] = [];
    const asking = {
      chatModel,
      settings: { samples },
      onAttempt: ({ reason }: { reason: string }) => attempts.push(reason),
    };
    const result = await predictByLlm(buildLlmEvidence(), asking, new AbortController().signal);
    return { ...result, attempts, requests: chatModel.requests };
  }

  it('is asked so often, at temperature 1, and the majority answers', async () => {
    const { prediction, requests } = await ask(
      3,
      answer(GOOD_ANSWER),
      answer(other),
      answer({ ...GOOD_ANSWER, service: 'Pre_Processor' }),
    );
    expect(requests.map(({ temperature }) => temperature)).toEqual([1, 1, 1]);
    expect(prediction.rootCause).toMatchObject({ category: 'load-spike', service: 'pre-processor' });
    expect(supports(prediction)).toEqual([
      ['load-spike', 0.667],
      ['dns', 0.333],
    ]);
    expect(prediction.mitigation).toHaveLength(2);
  });

  it('answers as long as one of the answers can be used; the others are attempts', async () => {
    const { prediction, attempts } = await ask(3, 'no idea', answer(other), '{}', 'still none', '{"a": 1}');
    expect(prediction.rootCause.category).toBe('dns');
    expect(supports(prediction)).toEqual([['dns', 1]]);
    expect(attempts.filter((reason) => reason.includes('did not fit'))).toHaveLength(2);
    expect(attempts.filter((reason) => reason.includes('answered twice'))).toHaveLength(2);
  });

  it('fails when none of the answers can be used', async () => {
    await expect(ask(2, 'no', 'no', 'no', 'no')).rejects.toMatchObject({ code: 'llm-answer-invalid' });
  });

  it('keeps what came in time', async () => {
    const deadline = new AbortController();
    let calls = 0;
    const chatModel = {
      name: 'slow',
      complete: () =>
        ++calls === 2 ? Promise.resolve({ text: answer(other), model: 'slow' }) : new Promise<never>(() => {}),
    };

    const asked = predictByLlm(
      buildLlmEvidence(),
      { chatModel: meterChatModel(chatModel), settings: { samples: 3 } },
      deadline.signal,
    );
    setTimeout(() => deadline.abort(), 20);
    expect((await asked).prediction.rootCause.category).toBe('dns');
  });
});
