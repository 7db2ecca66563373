import { z } from 'zod';

/**
 * A place in the knowledge: lines `line`..`endLine` (1-based, inclusive) of the file at `path`, relative to the
 * knowledge folder with `/` separators. `sha` is the git blob id of the file's bytes, so `git hash-object` checks it.
 */
export const SourceRef = z.object({
  path: z.string(),
  line: z.int().min(1),
  endLine: z.int().min(1),
  headingPath: z.array(z.string()),
  sha: z.string(),
});
export type SourceRef = Readonly<z.infer<typeof SourceRef>>;

/** `runbooks/web/High.md:12`, as people and editors write it. */
export function formatSource(source: Pick<SourceRef, 'path' | 'line'>): string {
  return `${source.path}:${source.line}`;
}
