import { expect, it } from 'vitest';
import type { Comparison } from './comparison.ts';
import { DEFAULT_DATA_DIR, missingData, readRetrievalData } from './datasets.ts';
import { openBundledEmbedder } from './memo-embedder.ts';
import { renderSummary } from './report/evaluation-markdown.ts';
import { measureRetrieval } from './retrieval.ts';

const missing = missingData(DEFAULT_DATA_DIR);
if (missing !== undefined) console.log(missing);

it.skipIf(missing !== undefined)(
  'on data that nobody here wrote, the hybrid is not below BM25, and knows what it cannot answer',
  async () => {
    await using embedder = openBundledEmbedder();
    const report = await measureRetrieval(readRetrievalData(DEFAULT_DATA_DIR), { embedder, ablates: false });
    console.log(renderSummary('Retrieval', report));
    const whole = report.comparisons.filter(({ slice }) => slice === 'all');
    expect(whole.flatMap(listLosses)).toEqual([]);
    for (const { set, auroc } of report.abstention) {
      expect(auroc.answerable.value, set).toBeGreaterThan(Math.max(0.9, auroc.bm25.value));
    }
    const pooled = report.abstention.find(({ set }) => set === 'pooled');
    expect(pooled?.falseAbstention.value).toBeLessThanOrEqual(0.05);
  },
  180_000,
);

/** Where the hybrid is worse. The right document may slip out of the first five for one question of a set, no more. */
function listLosses({ set, variant, systems: { hybrid, bm25 } }: Comparison): string[] {
  const oneQuestion = 1 / hybrid['R@5'].n;
  return (['R@1', 'R@5', 'MRR@10', 'nDCG@10'] as const).flatMap((metric) => {
    const loss = bm25[metric].value - hybrid[metric].value;
    const tolerance = metric === 'R@5' ? oneQuestion : 0;
    return loss > tolerance + 1e-9 ? [`${set}, ${variant}: ${metric} is ${loss.toFixed(3)} below BM25`] : [];
  });
}
