import { z } from 'zod';
import { DocumentKind } from './document.ts';
import { KnowledgeProblem } from './ingest-report.ts';

/** A stored document: which it is, where it begins, what it hashes to, and the chunks it names. */
export const ManifestDocument = z.object({
  kind: DocumentKind,
  id: z.string(),
  line: z.int().min(1),
  /** Hash of the document's text in the index: its address there. */
  hash: z.string(),
  chunks: z.array(z.string()),
});
export type ManifestDocument = Readonly<z.infer<typeof ManifestDocument>>;

/** What one file became, whole enough to be taken over by the next generation without reading the file's text again. */
export const ManifestFile = z.object({
  path: z.string(),
  /** Name of its source; empty for KNOWLEDGE_DIR alone. */
  source: z.string(),
  /** Git blob id of the bytes; absent for files that were never read. */
  sha: z.string().optional(),
  /** Kind and name it was read under: these come from the configuration and from the folders around it. */
  readAs: z.string().optional(),
  unread: z.object({ status: z.enum(['skipped', 'failed']), reason: z.string() }).optional(),
  problems: z.array(KnowledgeProblem),
  /** What was blacked out, by kind. */
  redacted: z.record(z.string(), z.int().min(0)).optional(),
  documents: z.array(ManifestDocument),
  /** False where the outcome depended on other files (a clash of ids, a merged topology) or on luck (a timeout). */
  reusable: z.boolean(),
});
export type ManifestFile = Readonly<z.infer<typeof ManifestFile>>;

/** Everything a generation is made of. `recipe` says how files become documents: another recipe, nothing is reused. */
export const Manifest = z.object({ recipe: z.string(), files: z.array(ManifestFile) });
export type Manifest = Readonly<z.infer<typeof Manifest>>;
