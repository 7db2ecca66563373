import { join } from 'node:path';
import { PROJECT_DIR } from '../../src/config.ts';
import type { Embedder } from '../../src/ports.ts';
import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import type { Figures } from './baseline.ts';
import { measureKnowledgeFigures } from './measure-figures.ts';

export const SAMPLE_BASELINE = join(PROJECT_DIR, 'eval', 'baselines', 'sample.json');

/** Shortly after the last incident of the sample: validated runbooks age, and the figures must not. */
const DAY = new Date('2026-10-01T00:00:00Z');

/** The knowledge that comes with the project, whatever is configured. */
export async function measureSample(embedder: Embedder): Promise<Figures> {
  await using knowledge = await openOwnKnowledge({ env: {}, folder: PROJECT_DIR, now: DAY }, embedder);
  // Awaited here, or the knowledge would be closed before it is asked.
  return await measureKnowledgeFigures(knowledge);
}
