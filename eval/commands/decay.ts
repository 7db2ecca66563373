import type { Command } from 'commander';
import { type DecayReport, measureDecay } from '../knowledge/decay.ts';
import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { openBundledEmbedder } from '../memo-embedder.ts';
import { interval, renderTable } from '../report/format.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

/** `decay`: how fast should an incident age? */
export function addDecay(program: Command, context: EvalContext): void {
  program
    .command('decay')
    .description('your own incidents as of their own days: how fast should they age?')
    .option('--knowledge <folder>', 'instead of what is configured, which is the sample where nothing is')
    .option('--json <file>', 'write all figures there, too')
    .action(async ({ knowledge: folder, ...outputs }: Outputs & { readonly knowledge?: string }) => {
      await using embedder = openBundledEmbedder();
      await using knowledge = await openOwnKnowledge({ env: context.env, folder }, embedder);
      const report = await measureDecay(knowledge);
      await deliver({ markdown: renderDecay(report), report }, outputs, context);
    });
}

export function renderDecay({ rows, ages }: DecayReport): string {
  const metrics = ['R@1', 'R@5', 'nDCG@10'] as const;
  const table = rows.map(({ set, weight, halfLifeDays, figures }) => [
    set,
    `${weight.share} / ${weight.floor}`,
    String(halfLifeDays),
    String(figures['R@1'].n),
    ...metrics.map((metric) => interval(figures[metric])),
  ]);
  const median = ages[Math.floor((ages.length - 1) / 2)];
  return [
    '# How fast should an incident age?',
    'Each incident is asked on its own day, without regard to age; then each half-life reorders what was found. `share` is how much of a score age may take away, and nothing decays below the `floor`.',
    renderTable(['set', 'share / floor', 'half-life, days', 'n', ...metrics], table),
    ...(median === undefined
      ? []
      : [`The nearest right precedent was ${median} days old in the median, ${ages.at(-1)} at most.`]),
  ].join('\n\n');
}
