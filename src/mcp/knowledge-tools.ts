import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { type DocumentKind, Incident, type KnowledgeDocument, Runbook } from '../domain/document.ts';
import { SearchResponse } from '../domain/evidence.ts';
import { parseInput } from '../domain/parse-input.ts';
import { SearchRequest } from '../domain/request.ts';
import type { McpParts } from './parts.ts';
import { runTool } from './tool-result.ts';

/** They look, and change nothing; what they look at is this team's own knowledge. */
export const READ_ONLY = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const Question = z.object({
  query: z.string().min(1).max(20_000).describe('What to look for, in words: symptoms, alert names, error texts.'),
  services: z
    .array(z.string().min(1))
    .min(1)
    .max(100)
    .optional()
    .describe('Only documents about one of these services.'),
  k: z.int().min(1).max(20).default(5).describe('How many, 1 to 20.'),
});

const PrecedentQuestion = Question.extend({
  categories: z.array(z.string().min(1)).min(1).max(100).optional().describe('Only these root-cause categories.'),
  since: z.iso.date().optional().describe('Only incidents of this day and later: 2026-03-31.'),
});

const DocumentId = z.object({ id: z.string().min(1).max(1_000).describe('As a search or a diagnosis gave it.') });

const SEARCH_ANSWER =
  '`answerable.score` says whether anything found answers at all: below 0.5 treat the results as leads, not as answers.';

// Chunks are what the index embeds, with headers no one should see: the sections hold the same words as written.
const IncidentAnswer = Incident.omit({ chunks: true });
const RunbookAnswer = Runbook.omit({ chunks: true });

/** Past incidents and runbooks: found by words, and read whole. */
export function addKnowledgeTools(server: McpServer, parts: McpParts): void {
  server.registerTool(
    'search_precedents',
    {
      title: 'Search past incidents',
      description: `Finds past incidents like the one described, best first, with cause and source. ${SEARCH_ANSWER}`,
      inputSchema: PrecedentQuestion,
      outputSchema: SearchResponse,
      annotations: READ_ONLY,
    },
    async (question, context) =>
      runTool(() => find(parts, 'incident', question, context.mcpReq.signal), parts.onFailure),
  );
  server.registerTool(
    'search_runbooks',
    {
      title: 'Search runbooks',
      description: `Finds runbooks: what an alert means and what to do about it. ${SEARCH_ANSWER}`,
      inputSchema: Question,
      outputSchema: SearchResponse,
      annotations: READ_ONLY,
    },
    async (question, context) =>
      runTool(() => find(parts, 'runbook', question, context.mcpReq.signal), parts.onFailure),
  );
  server.registerTool(
    'get_incident',
    {
      title: 'Read a past incident',
      description: 'One postmortem, section by section: symptoms, root cause, what was done, how long it took.',
      inputSchema: DocumentId,
      outputSchema: IncidentAnswer,
      annotations: READ_ONLY,
    },
    async ({ id }) => runTool(async () => IncidentAnswer.parse(await read(parts, 'incident', id)), parts.onFailure),
  );
  server.registerTool(
    'get_runbook',
    {
      title: 'Read a runbook',
      description: 'One runbook, section by section: meaning, impact, diagnosis, mitigation.',
      inputSchema: DocumentId,
      outputSchema: RunbookAnswer,
      annotations: READ_ONLY,
    },
    async ({ id }) => runTool(async () => RunbookAnswer.parse(await read(parts, 'runbook', id)), parts.onFailure),
  );
}

/** Searches give an id; citations give the kind before it, and a model passes on what it has. */
function read(parts: McpParts, kind: DocumentKind, id: string): Promise<KnowledgeDocument> {
  const prefix = `${kind}:`;
  return parts.getDocument(kind, id.startsWith(prefix) ? id.slice(prefix.length) : id);
}

async function find(
  parts: McpParts,
  kind: DocumentKind,
  question: z.infer<typeof Question>,
  signal: AbortSignal,
): Promise<SearchResponse> {
  return parts.search(parseInput(SearchRequest, { ...question, kinds: [kind] }), signal);
}
