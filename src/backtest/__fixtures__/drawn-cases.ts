import type { BacktestCase } from '../../domain/backtest.ts';
import { createSeededRandom } from '../../domain/seeded-random.ts';
import { buildCase } from './past.ts';

const SERVICES = ['orders', 'cart', 'web', 'db'];
const CATEGORIES = ['load-spike', 'disk-full', 'certificate-expired'];

/** Made-up history of a model that is right about as often as it says, one case a day from the first of 2026 on. */
export function drawCases(count: number, seed = 7): BacktestCase[] {
  const random = createSeededRandom(seed);
  const pick = (names: readonly string[]) => names[Math.floor(random() * names.length)] ?? '';
  return Array.from({ length: count }, (_, at) => {
    const truth = { service: pick(SERVICES), category: pick(CATEGORIES) };
    const scores = { service: 0.05 + 0.9 * random(), category: 0.05 + 0.9 * random(), both: 0 };
    scores.both = scores.service * scores.category;
    const ranks = {
      service: random() < scores.service ? 1 : rankOf(random()),
      category: random() < scores.category ? 1 : rankOf(random()),
    };
    const both = ranks.service === null || ranks.category === null ? null : Math.max(ranks.service, ranks.category);
    return buildCase({
      incident: `case-${at}`,
      date: new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10),
      truth,
      said: {
        service: ranks.service === 1 ? truth.service : 'elsewhere',
        category: ranks.category === 1 ? truth.category : random() < 0.3 ? 'unseen' : 'something-else',
      },
      ranks: { ...ranks, both },
      precedentRank: rankOf(random()),
      isKnownCategory: random() < 0.9,
      scores,
      known: at + 5,
    });
  });
}

function rankOf(drawn: number): number | null {
  return drawn < 0.3 ? null : 2 + Math.floor(drawn * 6);
}
