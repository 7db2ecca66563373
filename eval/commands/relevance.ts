import type { Command } from 'commander';
import { readRetrievalData } from '../datasets.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { drawBases } from '../relevance/bases.ts';
import { measureRelevance } from '../relevance/measure.ts';
import { observe } from '../relevance/observe.ts';
import { renderRelevance } from '../relevance/render.ts';
import { addDataMeasurement, type EvalContext } from './command.ts';

/** `relevance`: fits the curves of relevance, judges each set by those of the others, and prints the constants. */
export function addRelevance(program: Command, context: EvalContext): void {
  const about = {
    name: 'relevance',
    description: 'is there an answer at all? fits the curves, leaving one set out at a time',
  };
  addDataMeasurement(program, context, about, async (data) => {
    await using embedder = openBundledEmbedder();
    const material = drawBases(readRetrievalData(data));
    const observations = await observe(material, embedder, (text) => context.note(`${text}\n`));
    const report = measureRelevance(material, observations);
    return { markdown: renderRelevance(report), report };
  });
}
