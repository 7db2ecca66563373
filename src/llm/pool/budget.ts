import type { ModelBudget } from '../../domain/endpoint-state.ts';
import type { Clock } from '../../ports.ts';

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** What a million tokens cost. */
export interface Prices {
  readonly input?: number | undefined;
  readonly output?: number | undefined;
}

/** What is used in a day (UTC), kept in memory: a process that starts anew counts from nothing. */
export interface Ledger {
  /**
   * Why a request of `tokens` is not to be had today; undefined when it is. What is under way counts as used. Without a
   * `cost` it is free, and may be had whatever was spent elsewhere.
   */
  findRefusal(tokens: Tokens, cost: number | undefined): string | undefined;
  /** Sets aside what a request is going to take at least; the function that is returned books what it took. */
  reserve(tokens: Tokens, cost: number): (used: Tokens, cost: number) => void;
  usedToday(): { readonly tokens: number; readonly cost: number };
}

export function createLedger(budget: ModelBudget, now: Clock): Ledger {
  let day = '';
  let used = { tokens: 0, cost: 0 };
  const reserved = { tokens: 0, cost: 0 };

  const today = () => {
    const current = now().toISOString().slice(0, 10);
    if (current !== day) {
      day = current;
      used = { tokens: 0, cost: 0 };
    }
    return used;
  };

  return {
    findRefusal(tokens, cost) {
      const sum = { tokens: today().tokens + reserved.tokens, cost: today().cost + reserved.cost };
      const { maxTokens, maxCost } = budget;
      if (maxTokens !== undefined && sum.tokens + total(tokens) > maxTokens)
        return `of ${maxTokens} tokens a day ${sum.tokens} are used, and this request needs ${total(tokens)} more`;
      const isSpent = maxCost !== undefined && (sum.cost >= maxCost || sum.cost + (cost ?? 0) > maxCost);
      if (isSpent && cost !== undefined)
        return `of ${tellCost(maxCost)} a day ${tellCost(sum.cost)} are spent, and this request costs ${tellCost(cost)} at least`;
      return undefined;
    },
    reserve(tokens, cost) {
      const aside = total(tokens);
      reserved.tokens += aside;
      reserved.cost += cost;
      return (taken, paid) => {
        reserved.tokens -= aside;
        reserved.cost -= cost;
        const current = today();
        current.tokens += total(taken);
        current.cost += paid;
      };
    },
    usedToday: () => ({ ...today() }),
  };
}

/** Several budgets that all must allow it: the endpoint's own, and that of the pool. */
export function joinLedgers(own: Ledger, shared: Ledger): Ledger {
  return {
    findRefusal: (tokens, cost) => {
      const refusal = own.findRefusal(tokens, cost);
      if (refusal !== undefined) return refusal;
      const sharedRefusal = shared.findRefusal(tokens, cost);
      return sharedRefusal === undefined ? undefined : `over all endpoints ${sharedRefusal}`;
    },
    reserve: (tokens, cost) => {
      const bookOwn = own.reserve(tokens, cost);
      const bookShared = shared.reserve(tokens, cost);
      return (taken, paid) => {
        bookOwn(taken, paid);
        bookShared(taken, paid);
      };
    },
    usedToday: own.usedToday,
  };
}

export function costOf({ input, output }: Tokens, prices: Prices = {}): number {
  return (input * (prices.input ?? 0) + output * (prices.output ?? 0)) / 1_000_000;
}

function total({ input, output }: Tokens): number {
  return input + output;
}

/** The currency is whatever the prices are in. */
function tellCost(cost: number): string {
  return cost.toPrecision(3);
}
