import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { Incident } from './domain/document.ts';
import { isPrecedentError } from './domain/errors.ts';

/** The incidents that are published. Where nothing is published yet, nothing tells of anything. */
export async function listIncidents(
  reader: Pick<KnowledgeReader, 'current'>,
  signal?: AbortSignal,
): Promise<readonly Incident[]> {
  try {
    const { byKind } = await reader.current(signal);
    return byKind.incident.filter((document) => document.kind === 'incident');
  } catch (error) {
    if (isPrecedentError(error, 'index-empty')) return [];
    throw error;
  }
}
