import type { KnowledgeDocument } from '../../domain/document.ts';

/**
 * Ids of runbooks that a newer one replaces. `supersedes` is written by people: the whole id, or as much of its end as
 * names one runbook (`web/WebSlow`, `WebSlow`), with or without `.md`. Nothing supersedes itself.
 */
export function listSuperseded(documents: readonly KnowledgeDocument[]): Set<string> {
  const runbooks = documents.filter((document) => document.kind === 'runbook');
  const superseded = new Set<string>();
  for (const { id, supersedes } of runbooks) {
    if (supersedes === undefined) continue;
    const target = supersedes.replace(/\.md$/i, '');
    const ends = runbooks.filter((other) => other.id !== id && `/${other.id}`.endsWith(`/${target}`));
    const exact = ends.find((other) => other.id === target);
    const [only] = ends;
    if (exact) superseded.add(exact.id);
    else if (only && ends.length === 1) superseded.add(only.id);
  }
  return superseded;
}
