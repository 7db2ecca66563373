import type { App } from '../../src/app.ts';
import type { Embedder } from '../../src/ports.ts';
import { measureAbstention } from '../abstention.ts';
import { createBm25 } from '../baselines.ts';
import { judge, METRICS } from '../comparison.ts';
import { type DataSet, type RetrievalData, toId } from '../datasets.ts';
import type { OwnKnowledge } from '../knowledge/own-knowledge.ts';
import { planKnowledge } from '../knowledge/plan.ts';
import { auroc } from '../metrics.ts';
import { type QuestionGroup, toGroup } from '../questions.ts';
import { type Ask, createAsk } from '../search-service.ts';
import { openWorkbench } from '../workbench.ts';
import type { Figure, Figures } from './baseline.ts';

/** The service alone, without what it is compared to elsewhere: a check has to be quick. */
export async function measureKnowledgeFigures(knowledge: OwnKnowledge): Promise<Figures> {
  const entries: [string, Figure][] = [];
  for (const { open, groups, strangers } of planKnowledge(knowledge, { rules: [], written: [] }).plans) {
    await using opened = await open();
    const ask = createAsk(opened.app);
    for (const group of groups) entries.push(...(await measureGroup(group, ask)));
    const [first] = groups;
    if (first && strangers && strangers.questions.length > 0) {
      const positives = await judgeAll(first, ask);
      const negatives = await judgeAll(strangers, ask);
      entries.push(toAuroc(strangers, positives, negatives));
    }
  }
  return Object.fromEntries(entries);
}

export async function measureDataFigures(data: RetrievalData, embedder: Embedder): Promise<Figures> {
  const entries: [string, Figure][] = [];
  for (const set of data.sets) {
    await using bench = await openWorkbench(set.files, embedder);
    const ask = createAsk(bench.app);
    for (const variant of set.variants) {
      const group = toGroup(set, variant);
      entries.push(...(await measureGroup(group, ask)));
      const isJudged = set.kind === 'runbook' && variant === 'opaque-name' && data.unanswerable.length > 0;
      if (isJudged) entries.push(await measureStrangers(set, group, data.unanswerable, { ask, app: bench.app }));
    }
  }
  return Object.fromEntries(entries);
}

async function measureStrangers(
  set: DataSet,
  group: QuestionGroup,
  unanswerable: RetrievalData['unanswerable'],
  { ask, app }: { readonly ask: Ask; readonly app: App },
): Promise<[string, Figure]> {
  const bm25 = createBm25(
    set.files.map(({ path, text }) => ({ id: toId(path), text })),
    { countsRepeats: false },
  );
  const { scores } = await measureAbstention(set, await judgeAll(group, ask), unanswerable, 'opaque-name', {
    app,
    bm25,
  });
  return toAuroc(group, scores.answerable, scores.strangers);
}

async function measureGroup({ set, variant, questions }: QuestionGroup, ask: Ask): Promise<[string, Figure][]> {
  const rankings: (readonly string[])[] = [];
  for (const question of questions) rankings.push((await ask(question)).ranked);
  return METRICS.map((metric) => {
    const sum = questions.reduce((total, question, at) => total + judge(metric, rankings[at] ?? [], question), 0);
    return [`${set} · ${variant} · ${metric}`, { value: sum / questions.length, n: questions.length }];
  });
}

async function judgeAll({ questions }: QuestionGroup, ask: Ask): Promise<number[]> {
  const judged: number[] = [];
  for (const question of questions) judged.push((await ask(question)).answerable);
  return judged;
}

/** One question of the smaller side is what may change without a word. */
function toAuroc(
  { set, variant }: Pick<QuestionGroup, 'set' | 'variant'>,
  positives: readonly number[],
  negatives: readonly number[],
): [string, Figure] {
  const n = Math.min(positives.length, negatives.length);
  return [`${set} · ${variant} · AUROC`, { value: auroc(positives, negatives), n }];
}
