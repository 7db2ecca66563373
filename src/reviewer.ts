import { join } from 'node:path';
import { readRulesByPattern, readRulesOfSources } from '../ingest/sources/rule-files.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import { search } from './diagnose/search.ts';
import { PrecedentError } from './domain/errors.ts';
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
      if (rules.rules.length === 0 && rules.problems.length === 0) throw noRules();
      const knowledge = await reader.current(signal);
      const input = { generation: knowledge.generation.key, runbooks: knowledge.byKind.runbook, ...rules };
      return measureCoverage(input, (request) => search(request, knowledge, ports, signal));
    },
    async compare({ base, rules: patterns, onAsked, signal }) {
      // The copies of sources must stand still meanwhile, and no ingest may fetch into them.
      return ports.index.exclusively(async () => {
        const sources = await keeper.sources.open(signal === undefined ? {} : { signal });
        const { rules } = await findRules(patterns, keeper, signal);
        await using index = createScratchIndex(config, 'diff');
        const { ingestInto } = keeper;
        const scratchDir = join(config.dataDir, 'diff');
        const context = { index, ports, ingestInto, scratchDir, signal, ...(onAsked ? { onAsked } : {}) };
        // Awaited here, or the index would be closed before it is asked.
        return await tryChange({ base, rules, sources }, context);
      }, signal);
    },
  };
}

/** Not "all of them are covered": somebody forgot to say where the rules are. */
function noRules(): PrecedentError {
  const message = 'there is no alerting rule to ask with: give --rules, or `rules` globs of a source in precedent.yaml';
  return new PrecedentError('input-invalid', message);
}

async function findRules(
  patterns: readonly string[],
  { sources }: KnowledgeKeeper,
  signal: AbortSignal | undefined,
): Promise<RuleFile> {
  if (patterns.length > 0) return parseRuleTexts(await readRulesByPattern(patterns, signal));
  return parseRuleTexts(await readRulesOfSources(await sources.listOpened(signal), signal));
}
