import { z } from 'zod';
import { SourceState } from './knowledge-source.ts';

/** What became of one file. `skipped` and `failed` always carry a reason. */
export const FileOutcome = z.object({
  path: z.string(),
  status: z.enum(['added', 'changed', 'unchanged', 'deleted', 'skipped', 'failed']),
  reason: z.string().optional(),
});
export type FileOutcome = Readonly<z.infer<typeof FileOutcome>>;

/** Something a reader of the knowledge should mend; the rest of the file was ingested. `line` is 1-based. */
export const KnowledgeProblem = z.object({
  path: z.string(),
  line: z.int().min(1),
  message: z.string(),
});
export type KnowledgeProblem = Readonly<z.infer<typeof KnowledgeProblem>>;

/** The whole story of one ingest. Every file of the sources is named exactly once in `files`. */
export const IngestReport = z.object({
  generation: z.string(),
  /** What was read, at which commits. */
  sources: z.array(SourceState),
  /** False when the knowledge was already published as it is. */
  published: z.boolean(),
  files: z.array(FileOutcome),
  problems: z.array(KnowledgeProblem),
  /** Secrets and personal data that were blacked out before anything was stored, by kind. */
  redacted: z.record(z.string(), z.int().min(0)),
  documents: z.int().min(0),
  chunks: z.int().min(0),
  /** Chunks that had to be embedded; all others were there already. */
  embedded: z.int().min(0),
  /** Milliseconds per stage. */
  timings: z.record(z.string(), z.number()),
});
export type IngestReport = Readonly<z.infer<typeof IngestReport>>;
