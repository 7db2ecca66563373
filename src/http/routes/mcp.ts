import type { OpenAPIHono } from '@hono/zod-openapi';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Principal } from '../../domain/principal.ts';
import type { McpParts } from '../../mcp/parts.ts';
import { createMcpServer } from '../../mcp/server.ts';
import { principalOf } from '../principal.ts';

/**
 * `/mcp`: the tools over streamable HTTP, without sessions, for clients of the revisions 2026-07-28 and 2025-11-25 and
 * those before. Outside of the OpenAPI document: the protocol describes itself.
 */
export function addMcpRoute(api: OpenAPIHono, parts: McpParts, maxBodyBytes: number): void {
  const handler = createMcpHandler(({ authInfo }) => createMcpServer(parts, askerOf(authInfo?.extra)), {
    maxRequestBodySize: maxBodyBytes,
    onerror: () => {},
  });
  api.on(['POST', 'GET', 'DELETE'], '/mcp', (c) => {
    const asker = principalOf(c);
    const authInfo = { token: '', clientId: asker.name, scopes: [...asker.scopes], extra: { asker } };
    return handler.fetch(c.req.raw, { authInfo });
  });
}

/** Put there above, and by nobody else: the handler never reads it out of a request. */
function askerOf(extra: Record<string, unknown> | undefined): Principal {
  if (extra?.['asker'] === undefined) throw new Error('a tool was called by nobody');
  return extra['asker'] as Principal;
}
