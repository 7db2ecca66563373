import { join } from 'node:path';
import type { SourceCheckout } from '../ingest/source-file.ts';
import { openAtRef } from '../ingest/sources/at-ref.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import { loadKnowledge } from './diagnose/retrieve/reader.ts';
import { search } from './diagnose/search.ts';
import { keyOf } from './domain/document.ts';
import { isPrecedentError, PrecedentError } from './domain/errors.ts';
import type { IngestReport } from './domain/ingest-report.ts';
import type { OpenedSource } from './knowledge-sources.ts';
import type { KnowledgeIndex, Ports } from './ports.ts';
import { compareKnowledge, type Side } from './review/compare.ts';
import type { Comparison } from './review/comparison.ts';
import type { AlertRule } from './review/rules.ts';

export interface Trial {
  /** Any commit, branch or tag of the repository that the knowledge lies in. */
  readonly base: string;
  readonly rules: readonly AlertRule[];
  readonly sources: readonly OpenedSource[];
}

export interface TrialContext {
  /** Not the one that is served: both states are published to it, one after the other. */
  readonly index: KnowledgeIndex;
  readonly ports: Pick<Ports, 'embedder' | 'now'>;
  readonly ingestInto: (
    index: KnowledgeIndex,
    sources: readonly OpenedSource[],
    options: { readonly signal?: AbortSignal },
  ) => Promise<IngestReport>;
  /** Where the state at `base` is laid out. */
  readonly scratchDir: string;
  readonly onAsked?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What the working tree's change does to the answers. Folders in git are compared with their state at `base`; other
 * sources are the same on both sides. The base is published first: an index keeps the generation before the served one,
 * so both can be asked.
 */
export async function tryChange({ base, rules, sources }: Trial, context: TrialContext): Promise<Comparison> {
  const past = await openPast(base, sources, context);
  const before = await openSide(past.sources, context);
  const after = await openSide(sources, context);
  return compareKnowledge(past.sha, { before, after }, rules, context.onAsked);
}

interface Past {
  readonly sources: readonly OpenedSource[];
  readonly sha: string;
}

async function openPast(base: string, sources: readonly OpenedSource[], context: TrialContext): Promise<Past> {
  const shas: string[] = [];
  const past: OpenedSource[] = [];
  for (const source of sources) {
    if (!isFolderInGit(source)) {
      past.push(source);
      continue;
    }
    const folder = await openAtRef(source.root, base, join(context.scratchDir, `base-${source.name}`), context.signal);
    shas.push(folder.sha);
    past.push({ ...source, root: folder.root, state: { ...source.state, sha: folder.sha, dirty: false } });
  }
  const [sha] = shas;
  if (sha !== undefined) return { sources: past, sha };
  throw new PrecedentError(
    'input-invalid',
    'no source is a folder in a git repository, so there is no base to compare with',
  );
}

function isFolderInGit(source: OpenedSource): source is SourceCheckout {
  return 'root' in source && source.state.kind === 'directory' && source.state.sha !== undefined;
}

async function openSide(sources: readonly OpenedSource[], context: TrialContext): Promise<Side> {
  const knowledge = await publishKnowledge(sources, context);
  if (knowledge === undefined) {
    return { documents: [], ask: async () => ({ results: [], answerable: { score: 0, reason: 'there is nothing' } }) };
  }
  const { index, ports, signal } = context;
  const documents = [...knowledge.documents.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return { documents, ask: (request) => search(request, knowledge, { ...ports, index }, signal) };
}

/** Undefined where there was no knowledge yet: the first pull request adds it. */
async function publishKnowledge(
  sources: readonly OpenedSource[],
  context: TrialContext,
): Promise<Knowledge | undefined> {
  const { index, ingestInto, signal } = context;
  try {
    await ingestInto(index, sources, signal === undefined ? {} : { signal });
  } catch (error) {
    if (isPrecedentError(error, 'knowledge-empty')) return undefined;
    throw error;
  }
  const generation = await index.findGeneration(signal);
  return generation && (await loadKnowledge(index, generation));
}
