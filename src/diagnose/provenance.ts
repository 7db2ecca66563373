import type { Provenance } from '../domain/diagnosis.ts';
import type { Knowledge } from './retrieve/knowledge.ts';

/** Where an answer came from, and what it took. */
export function buildProvenance(
  { generation }: Knowledge,
  timings: Record<string, number>,
  said: {
    readonly attempts: NonNullable<Provenance['attempts']>;
    readonly degraded: string[];
    readonly llm: Provenance['llm'];
    readonly traces: Provenance['traces'];
  },
): Provenance {
  const { attempts, degraded, traces, llm } = said;
  return {
    generation: generation.key,
    knowledgeSha: describeSources(generation.sources),
    model: generation.model,
    timings,
    ...(attempts.length === 0 ? {} : { attempts }),
    ...(llm === undefined ? {} : { llm }),
    ...(traces === undefined ? {} : { traces }),
    ...(degraded.length === 0 ? {} : { degraded }),
  };
}

/** One source: its commit. Several: `name@commit` of each. Null when none of them is in git. */
function describeSources(sources: Knowledge['generation']['sources']): string | null {
  const known = sources.filter(({ sha }) => sha !== undefined);
  if (known.length === 0) return null;
  return known.map(({ name, sha }) => (known.length === 1 ? sha : `${name}@${sha}`)).join(' ');
}
