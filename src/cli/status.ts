import type { KnowledgeStatus, SourceStatus } from '../domain/knowledge-status.ts';
import { type CommandContext, EXIT } from './context.ts';
import { paint } from './render.ts';
import { withApp } from './session.ts';

/** `precedent status`: what is served of each source against where the source stands. Changes nothing. */
export async function statusCommand(options: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const status = await withApp(context, (app) => app.getStatus(context.signal));
  context.write(options.json ? `${JSON.stringify(status)}\n` : renderStatus(status));
  return status.generation === undefined ? EXIT.nothing : EXIT.done;
}

const MARKS: Readonly<Record<SourceStatus['state'], string>> = {
  current: paint.good('✔ current'),
  behind: paint.danger('✘ behind'),
  unpublished: paint.danger('✘ not published'),
  unknown: '? cannot be compared',
};

function renderStatus({ generation, publishedAt, documents, chunks, sources }: KnowledgeStatus): string {
  const served =
    generation === undefined
      ? 'nothing is published yet: run `precedent ingest`'
      : `generation ${generation.slice(0, 12)} of ${publishedAt}: ${documents} documents, ${chunks} chunks`;
  return [served, ...sources.map(renderSource)].map((line) => `${line}\n`).join('');
}

function renderSource({ name, kind, location, ref, served, head, dirty, state }: SourceStatus): string {
  const where = `${name || kind} ${location}${ref ? ` (${ref})` : ''}`;
  const shas = `served ${short(served)}, head ${short(head)}${dirty ? ' with uncommitted changes' : ''}`;
  return `${MARKS[state]}  ${where}: ${shas}`;
}

function short(sha: string | undefined): string {
  return sha?.slice(0, 12) ?? 'unknown';
}
