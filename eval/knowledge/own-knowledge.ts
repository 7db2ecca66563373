import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRulesByPattern, readRulesOfSources } from '../../ingest/sources/rule-files.ts';
import { type App, createApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { KnowledgeDocument } from '../../src/domain/document.ts';
import type { Settled } from '../../src/drivers.ts';
import { createKnowledgeSources } from '../../src/knowledge-sources.ts';
import type { Embedder, KnowledgeIndex } from '../../src/ports.ts';
import { type AlertRule, parseRuleTexts } from '../../src/review/rules.ts';
import { createMemoryBacktests } from '../../src/testing/memory-backtests.ts';
import { createMemoryCasebook } from '../../src/testing/memory-casebook.ts';
import { createMemoryIndex } from '../../src/testing/memory-index.ts';
import { lend } from '../memo-embedder.ts';
import { publishChanged } from './publish-changed.ts';

/** A team's own knowledge on a workbench: what it holds, and how to ask it as it is or with some of it changed. */
export interface OwnKnowledge extends AsyncDisposable {
  readonly app: App;
  /** What the app serves. */
  readonly index: KnowledgeIndex;
  readonly documents: readonly KnowledgeDocument[];
  /** Alerting rules: of these files, folders or globs, or else those that the `rules` globs of its folders name. */
  readRules(patterns: readonly string[]): Promise<readonly AlertRule[]>;
  /** The same service over these documents instead; they are cut into chunks anew. */
  reopen(documents: readonly KnowledgeDocument[]): Promise<App & AsyncDisposable>;
}

export interface KnowledgeChoice {
  readonly env: NodeJS.ProcessEnv;
  readonly folder?: string | undefined;
  /** A day to stand still on: knowledge ages, and figures that are compared must not. */
  readonly now?: Date;
}

/** `folder`, or else the sources that `env` and precedent.yaml configure, or else the sample. Nothing served is touched. */
export async function openOwnKnowledge(
  { env, folder, now }: KnowledgeChoice,
  embedder: Embedder,
): Promise<OwnKnowledge> {
  const scratch = await mkdtemp(join(tmpdir(), 'precedent-knowledge-'));
  const settled = settle(env, folder, scratch);
  const index = createMemoryIndex();
  const clock = now ? { now: () => now } : {};
  const open = (over: KnowledgeIndex) => {
    const stores = { casebook: createMemoryCasebook(), backtests: createMemoryBacktests() };
    return createApp(settled, { index: over, embedder: lend(embedder), ...stores, ...clock });
  };
  const app = open(index);
  const dispose = async () => {
    await app[Symbol.asyncDispose]();
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await app.ingest();
    return {
      app,
      index,
      documents: await readAll(index),
      readRules: (patterns) => readRules(patterns, settled),
      reopen: async (documents) => open(await publishChanged(documents, index, embedder)),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** What was learnt from verdicts stays out, and so does an LLM; copies of sources go to a folder of their own. */
function settle(env: NodeJS.ProcessEnv, folder: string | undefined, scratch: string): Settled {
  if (folder === undefined) {
    const { config, secrets } = readConfig(env);
    return { config: { ...config, dataDir: scratch }, secrets };
  }
  return readConfig({ KNOWLEDGE_DIR: folder, DATA_DIR: scratch }, join(scratch, 'none.yaml'));
}

/** A rule that cannot be read would be an alert that nobody asked about. */
async function readRules(patterns: readonly string[], settled: Settled): Promise<readonly AlertRule[]> {
  const folders = () => createKnowledgeSources(settled, () => new Date()).listOpened();
  const texts = patterns.length > 0 ? await readRulesByPattern(patterns) : await readRulesOfSources(await folders());
  const { rules, problems } = parseRuleTexts(texts);
  const [problem] = problems;
  if (problem) throw new Error(`${problem.path}:${problem.line ?? 1}: ${problem.message}`);
  return rules;
}

async function readAll(index: KnowledgeIndex): Promise<KnowledgeDocument[]> {
  const generation = await index.findGeneration();
  if (!generation) throw new Error('there is no knowledge to measure');
  const documents: KnowledgeDocument[] = [];
  for await (const document of index.readDocuments(generation)) documents.push(document);
  return documents.sort((a, b) => (`${a.kind}:${a.id}` < `${b.kind}:${b.id}` ? -1 : 1));
}
