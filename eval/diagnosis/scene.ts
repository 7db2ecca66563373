import type { App } from '../../src/app.ts';
import type { Evidence } from '../../src/diagnose/evidence.ts';
import { gatherEvidence } from '../../src/diagnose/gather-evidence.ts';
import { normalise } from '../../src/diagnose/normalise.ts';
import { predict } from '../../src/diagnose/predict/predict.ts';
import type { Knowledge } from '../../src/diagnose/retrieve/knowledge.ts';
import { loadKnowledge } from '../../src/diagnose/retrieve/reader.ts';
import type { RootCausePrediction } from '../../src/domain/diagnosis.ts';
import type { Answerable } from '../../src/domain/evidence.ts';
import { alertGroupOf, type DiagnosisQuestion, toTraceDigest } from '../../src/domain/request.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';

/** What the app serves, open to be changed between evidence and answer. */
export interface Scene {
  readonly knowledge: Knowledge;
  look(question: DiagnosisQuestion): Promise<Look>;
}

/** What an engine saw, and what it said of it. */
export interface Look {
  readonly evidence: Evidence;
  readonly answerable: Answerable;
  readonly prediction: RootCausePrediction;
}

export async function openScene(app: App, index: KnowledgeIndex, embedder: Embedder): Promise<Scene> {
  const generation = await index.findGeneration();
  if (!generation) throw new Error('there is no knowledge to measure');
  const knowledge = await loadKnowledge(index, generation);
  const { denseShare, halfLifeDays } = app.config;
  const ports = { index, embedder, now: app.now, denseShare, halfLifeDays };
  return {
    knowledge,
    async look(request) {
      const asOf = request.asOf === undefined ? undefined : new Date(request.asOf);
      const situation = normalise(alertGroupOf(request), { knownServices: knowledge.knownServices, asOf });
      const digest = request.traceDigest && toTraceDigest(request.traceDigest);
      const { evidence, answerable } = await gatherEvidence({ request, situation, digest }, knowledge, ports);
      const { prediction } = await predict(evidence, 'precedent', WITHOUT_LLM);
      return { evidence, answerable, prediction };
    },
  };
}

const WITHOUT_LLM = { chatModel: undefined, llmDeadline: () => AbortSignal.timeout(0), elapsed: () => 0 };
