import type { SearchResponse, SearchResult } from '../domain/evidence.ts';
import { SearchRequest } from '../domain/request.ts';
import { formatSource } from '../domain/source.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput } from './input.ts';
import { bar, heading, paint, percent, plain, wrap } from './render.ts';
import { ingestFirst, withApp } from './session.ts';

/** `precedent search`: retrieval alone, each row with where it stands and where its score came from. */
export async function searchCommand(
  words: readonly string[],
  options: {
    readonly k: number;
    readonly kind?: readonly string[];
    readonly service?: readonly string[];
    readonly category?: readonly string[];
    readonly since?: string;
    readonly asOf?: string;
    readonly without?: readonly string[];
    readonly json?: boolean;
  },
  context: CommandContext,
): Promise<number> {
  const request = parseInput(SearchRequest, {
    query: words.join(' '),
    k: options.k,
    kinds: options.kind,
    services: options.service,
    categories: options.category,
    since: options.since,
    asOf: options.asOf,
    without: options.without,
  });
  const response = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return app.search(request, context.signal);
  });
  context.write(options.json ? `${JSON.stringify(response)}\n` : renderSearch(plain(response)));
  return response.results.length === 0 ? EXIT.nothing : EXIT.done;
}

function renderSearch({ results, answerable, degraded = [] }: SearchResponse): string {
  const verdict = `${answerable.score.toFixed(2)} answerable: ${answerable.reason}`;
  const notes = degraded.map((note) => `${paint.warning(note)}\n`);
  // First of all whether this is an answer: rows come in any case.
  return [`\n${paint.quiet(verdict)}\n`, ...results.map(renderResult), ...notes].join('');
}

function renderResult(result: SearchResult, rank: number): string {
  const { kind, title, score, relevance, scores, source, excerpt, alike } = result;
  const parts = Object.entries({ score, ...scores }).map(([name, value]) => `${name} ${(value ?? 0).toFixed(2)}`);
  return [
    heading(`${rank + 1}. ${title}`).trimEnd(),
    `   ${bar(relevance, 10)} ${percent(relevance)} relevant · ${kind} · ${paint.good(formatSource(source))}`,
    `   ${paint.quiet(parts.join(', '))}`,
    ...(scores.freshness === undefined ? [] : [`   ${paint.warning(doubtOf(scores.freshness))}`]),
    ...(alike.length === 0 ? [] : [`   the same story, or the same outage: ${alike.join(', ')}`]),
    wrap(excerpt.slice(0, 240), 3).trimEnd(),
    '',
  ].join('\n');
}

function doubtOf(freshness: number): string {
  return freshness === 0
    ? 'superseded: a newer one replaces it'
    : 'its authors call it a draft, deprecated or outdated';
}
