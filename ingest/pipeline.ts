import type { IngestReport } from '../src/domain/ingest-report.ts';
import type { ManifestFile } from '../src/domain/manifest.ts';
import type { Redactor } from '../src/domain/redaction.ts';
import type { Clock, Embedder, KnowledgeIndex } from '../src/ports.ts';
import { type Before, createReuse, findBefore } from './before.ts';
import { carryOver } from './carry-over.ts';
import { chunkDocuments } from './chunk/chunk-documents.ts';
import { settleClashes } from './clashes.ts';
import { prepareFiles } from './file-in-progress.ts';
import { createLostFiles, listServed } from './lost.ts';
import { sortSources, withoutEmptied } from './opened-sources.ts';
import type { PrepareFile } from './prepare.ts';
import { createProgress, type OnProgress } from './progress.ts';
import { buildGeneration, isWhole, publish } from './publish.ts';
import { readSources } from './read.ts';
import { buildRecipe } from './recipe.ts';
import { assertKnowledge, buildReport } from './report.ts';
import { mergeServices } from './services.ts';
import type { SourceCheckout } from './source-file.ts';
import type { UnreachableSource } from './sources/open.ts';
import { type NamedChunks, storeFiles } from './store.ts';
import { createStopwatch, type Stopwatch } from './streams/stopwatch.ts';
import { concat, defer, gather } from './streams/streams.ts';

export type { IngestProgress } from './progress.ts';

export interface IngestInput {
  /** Brings the sources up to date; called when it is this run's turn, so that no two runs fetch at the same time. */
  readonly open: (signal?: AbortSignal) => Promise<readonly (SourceCheckout | UnreachableSource)[]>;
  /** What the configuration says about how files become documents, such as which kinds are redacted. */
  readonly recipe: string;
  /**
   * For what was made under another recipe of files that cannot be read now; absent where nothing is redacted. All else
   * is redacted by `prepare`.
   */
  readonly redact?: Redactor | undefined;
  readonly now: Clock;
}

export interface IngestContext {
  readonly index: KnowledgeIndex;
  readonly embedder: Embedder;
  readonly prepare: PrepareFile;
}

export interface IngestOptions {
  readonly onProgress?: OnProgress;
  readonly signal?: AbortSignal;
}

/**
 * The write path: open → read → prepare → merge services → settle clashes → chunk → store → publish → sweep. Up to
 * `store` it is one stream with a bounded look-ahead, so that memory stays flat and the embedder is never idle. Until
 * `publish` readers see the old generation; stopping anywhere costs nothing but the work, and the next run takes up
 * the vectors that are already there.
 */
export function ingest(input: IngestInput, context: IngestContext, options: IngestOptions = {}): Promise<IngestReport> {
  return context.index.exclusively(async () => {
    const watch = createStopwatch();
    const opening = watch.stage('open', () => input.open(options.signal));
    // The turn does not end while sources are being fetched, even where the index has failed already.
    const [before, opened] = await Promise.all([findBefore(context.index, options.signal), opening]).finally(() =>
      Promise.allSettled([opening]),
    );
    const run: Run = { ...input, ...context, opened, watch, files: before?.manifest.files ?? [], ...options };
    const first = await ingestOnce(run, before, true);
    if (await isWhole(first.entries, first.named, first.model, context.index, options.signal)) return first.report;
    const again = await ingestOnce(run, await findBefore(context.index, options.signal), false);
    const { published, embedded } = first.report;
    return { ...again.report, published, embedded: embedded + again.report.embedded };
  }, options.signal);
}

interface Run extends Omit<IngestInput, 'open'>, IngestContext, IngestOptions {
  readonly opened: Awaited<ReturnType<IngestInput['open']>>;
  readonly watch: Stopwatch;
  /** What the report compares with. */
  readonly files: readonly ManifestFile[];
}

/** Builds upon what was served before; without `reuse` every file is prepared and stored anew, as far as it is gone. */
async function ingestOnce(run: Run, before: Before | undefined, reuse: boolean) {
  const { index, embedder, watch, signal } = run;
  const model = await embedder.describe(signal);
  const recipe = buildRecipe(run.recipe, model);
  const opened = sortSources(run.opened, before);
  const named: NamedChunks = new Map();
  using progress = createProgress(run.onProgress, opened.checkouts);

  const lost = createLostFiles(opened.checkouts, before);
  const files = lost.watch(watch.stream('read', readSources(opened.checkouts, signal)));
  const prepare: PrepareFile = (file, either) => watch.stage('prepare', () => run.prepare(file, either));
  const prepared = prepareFiles(files, createReuse(reuse ? before : undefined, recipe), prepare, signal);
  const listKept = () => {
    const { files, emptied } = lost.list();
    return [...files, ...listServed([...opened.away, ...emptied.map(({ name }) => name)], before)];
  };
  // Begins when all others have been read: which files those are is known only then.
  const kept = defer(() => carryOver(listKept(), { before, recipe, model, index, reuse, redact: run.redact }, signal));
  const settled = settleClashes(mergeServices(concat(prepared, kept)));
  const chunked = chunkDocuments(settled, embedder, watch, signal);
  const store = { index, embedder, model, watch, named, onEmbedded: progress.addChunks };
  const entries = await gather(storeFiles(chunked, store, signal), progress.addFile);
  const sources = withoutEmptied(opened, lost.list().emptied, before);
  assertKnowledge(entries, sources);

  const generation = buildGeneration(entries, { model, sources: sources.states, now: run.now() });
  const manifest = { recipe, files: entries };
  const published = await watch.stage('publish', () => publish(generation, manifest, before, index, signal));
  await watch.stage('sweep', () => index.sweep(signal));
  progress.finish();
  const { embedded } = progress;
  const facts = { generation, published, problems: sources.problems, embedded, timings: watch.timings() };
  return { report: buildReport(entries, run.files, facts), entries, named, model };
}
