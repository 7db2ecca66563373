import { join } from 'node:path';
import { readRulesByPattern, readRulesOfSources } from '../ingest/sources/rule-files.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import { search } from './diagnose/search.ts';
import { createScratchIndex, type Settled } from './drivers.ts';
import type { KnowledgeKeeper } from './knowledge-keeper.ts';
import type { Ports } from './ports.ts';
import type { Comparison } from './review/comparison.ts';
import { type Coverage, measureCoverage } from './review/coverage.ts';
import { parseRuleTexts, type RuleFile } from './review/rules.ts';
import { tryChange } from './trial.ts';

export interface CompareOptions {
  /** A commit, branch or tag of the repository that the knowledge lies in. */
  readonly base: string;
  /** Rule files by name, folder or glob; without any, those that the sources name. */
  readonly rules: readonly string[];
  readonly onAsked?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** For people who change the knowledge: is it whole, and what does a change do? */
export interface Reviewer {
  /** `rules` as in `CompareOptions`. Errors: `input-invalid` for rules that are not there. */
  getCoverage(rules: readonly string[], signal?: AbortSignal): Promise<Coverage>;
  /** What the working tree's change does to the answers. Nothing that is served changes. */
  compare(options: CompareOptions): Promise<Comparison>;
}

export function createReviewer(
  { config }: Settled,
  ports: Pick<Ports, 'index' | 'embedder' | 'now'>,
  keeper: KnowledgeKeeper,
  reader: KnowledgeReader,
): Reviewer {
  return {
    async getCoverage(patterns, signal) {
      const rules = await findRules(patterns, keeper, signal);
      const knowledge = await reader.current(signal);
      const input = { generation: knowledge.generation.key, runbooks: knowledge.byKind.runbook, ...rules };
      return measureCoverage(input, (request) => search(request, knowledge, ports, signal));
    },
    async compare({ base, rules: patterns, onAsked, signal }) {
      const { rules } = await findRules(patterns, keeper, signal);
      const sources = await keeper.sources.open(signal === undefined ? {} : { signal });
      await using index = createScratchIndex(config, 'diff');
      const { ingestInto } = keeper;
      const scratchDir = join(config.dataDir, 'diff');
      const context = { index, ports, ingestInto, scratchDir, signal, ...(onAsked ? { onAsked } : {}) };
      // Awaited here, or the index would be closed before it is asked.
      return await tryChange({ base, rules, sources }, context);
    },
  };
}

async function findRules(
  patterns: readonly string[],
  { sources }: KnowledgeKeeper,
  signal: AbortSignal | undefined,
): Promise<RuleFile> {
  if (patterns.length > 0) return parseRuleTexts(await readRulesByPattern(patterns, signal));
  const opened = await sources.open({ pagesMayBeOld: true, ...(signal === undefined ? {} : { signal }) });
  const checkouts = opened.flatMap((source) => ('root' in source ? [source] : []));
  return parseRuleTexts(await readRulesOfSources(checkouts, signal));
}
