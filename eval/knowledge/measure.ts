import type { Embedder } from '../../src/ports.ts';
import { type Evaluation, evaluateGroup, joinEvaluations, judgeAbstention, traceCurves } from '../evaluation.ts';
import { createSystems, type Systems } from '../systems.ts';
import { toPlainDocument } from './document-text.ts';
import type { OwnKnowledge } from './own-knowledge.ts';
import { type KnowledgeCounts, type Plan, type PlanOptions, planKnowledge } from './plan.ts';

export interface KnowledgeReport extends Evaluation {
  readonly counts: KnowledgeCounts;
}

export interface KnowledgeOptions extends PlanOptions {
  readonly embedder: Embedder;
  readonly ablates: boolean;
}

/** A team's own knowledge asked for itself: every incident against those before it, every alert for its runbook. */
export async function measureKnowledge(knowledge: OwnKnowledge, options: KnowledgeOptions): Promise<KnowledgeReport> {
  const { plans, counts } = planKnowledge(knowledge, options);
  const parts: Evaluation[] = [];
  for (const plan of plans) parts.push(await carryOut(plan, options));
  return { ...joinEvaluations(parts), counts };
}

async function carryOut(plan: Plan, { embedder, ablates }: KnowledgeOptions): Promise<Evaluation> {
  await using opened = await plan.open();
  const texts = plan.documents.map((document) => ({ id: document.id, text: toPlainDocument(document) }));
  const systems = await createSystems(texts, { app: opened.app, embedder });
  const parts: Evaluation[] = [];
  for (const [at, group] of plan.groups.entries()) {
    const { asked, ...figures } = await evaluateGroup(group, systems, { ablates });
    parts.push({ ...figures, abstention: [], curves: [] });
    if (at === 0) parts.push(await judgeStrangers(plan, asked, systems));
  }
  return joinEvaluations(parts);
}

async function judgeStrangers(
  { strangers }: Plan,
  asked: Parameters<typeof judgeAbstention>[1],
  systems: Systems,
): Promise<Evaluation> {
  const nothing = { comparisons: [], ablations: [], abstention: [], curves: [] };
  if (strangers === undefined || strangers.questions.length === 0) return nothing;
  const unlike = await evaluateGroup(strangers, systems, { ablates: false });
  const abstention = judgeAbstention(strangers, asked, unlike.asked, systems);
  return { ...nothing, abstention: [abstention], curves: [traceCurves(abstention, asked)] };
}
