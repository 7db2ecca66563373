import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { DocumentKind } from '../../domain/document.ts';
import { SearchResponse } from '../../domain/evidence.ts';
import { SearchRequest } from '../../domain/request.ts';
import { readBody } from '../body.ts';
import { parseInput } from '../input.ts';
import { bodyProblems, jsonAnswer, jsonBody, problems } from './answers.ts';

const found = jsonAnswer(
  'The best documents, one row each, and whether they answer at all.',
  'SearchResponse',
  SearchResponse,
);

const postSearch = createRoute({
  method: 'post',
  path: '/v1/search',
  operationId: 'search',
  tags: ['Search'],
  summary: 'Find incidents, runbooks and services',
  description: 'Retrieval alone: no engine, no LLM. Ask in words, by an alert, by signals, or by all of them.',
  request: { body: jsonBody('SearchRequest') },
  responses: { 200: found, ...bodyProblems() },
});

/** `a,b` and `name=a&name=b` both mean two; a list left blank, as forms send it, was not given. */
const commaSeparated = z.union([z.string(), z.array(z.string())]).transform((given) => {
  const words = [given].flat().flatMap((text) => text.split(',').flatMap((word) => word.trim() || []));
  return words.length === 0 ? undefined : words;
});

const SearchQuery = z.object({
  q: z.string().trim().min(1).max(20_000).openapi({ description: 'The question, in words.' }),
  k: z.coerce.number().int().min(1).max(100).default(10).openapi({ description: 'Documents to return, 1..100.' }),
  kinds: commaSeparated.pipe(z.array(DocumentKind).optional()).optional().openapi({
    type: 'string',
    description: 'Only these kinds, separated by commas; blank is all.',
    example: 'incident,runbook',
  }),
  services: commaSeparated.optional().openapi({
    type: 'string',
    description: 'Only documents about one of these services, separated by commas; blank is all.',
  }),
  categories: commaSeparated.optional().openapi({
    type: 'string',
    description: 'Only incidents of one of these categories, separated by commas; blank is all.',
  }),
  asOf: z
    .string()
    .optional()
    .openapi({ description: 'Only incidents that were known at this moment, RFC 3339 with an offset.' }),
  without: commaSeparated.optional().openapi({
    type: 'string',
    description: 'Parts of the score to leave out, separated by commas.',
    example: 'dense',
  }),
  since: z.iso.date().optional().openapi({ description: 'Only incidents of this day and later.' }),
});

const getSearch = createRoute({
  method: 'get',
  path: '/v1/search',
  operationId: 'searchByQuestion',
  tags: ['Search'],
  summary: 'Ask in words, from a browser or with curl',
  request: { query: SearchQuery },
  responses: { 200: found, ...problems(400, 401, 500, 503) },
});

export const SEARCH_ROUTES = [postSearch, getSearch];

export function addSearchRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(postSearch, async (c) => {
    const request = await readBody(c.req, SearchRequest, app.config.maxBodyBytes);
    return c.json(await app.search(request, c.req.raw.signal), 200);
  });

  api.openapi(getSearch, async (c) => {
    const { q, ...rest } = c.req.valid('query');
    const request = parseInput(SearchRequest, { query: q, ...rest });
    return c.json(await app.search(request, c.req.raw.signal), 200);
  });
}
