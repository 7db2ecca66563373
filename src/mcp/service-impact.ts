import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { PrecedentError } from '../domain/errors.ts';
import { SearchRequest } from '../domain/request.ts';
import { type ServiceGraph, ServiceNode } from '../domain/topology.ts';
import { READ_ONLY } from './knowledge-tools.ts';
import type { McpParts } from './parts.ts';
import { runTool } from './tool-result.ts';

/** Incidents of the service that are told with it. */
const MAX_INCIDENTS = 5;

const Reached = z.array(z.object({ service: z.string(), hops: z.int().min(1) }));

const ServiceImpact = z.object({
  service: ServiceNode.pick({ name: true, description: true, owner: true }),
  /** Whom it calls, directly or through others, nearest first: what may be hurting it. */
  dependsOn: Reached,
  /** Who calls it, directly or through others, nearest first: whom it may be hurting. */
  impacts: Reached,
  incidents: z.array(z.object({ id: z.string(), title: z.string() })),
});

/** What stands and falls with one service. */
export function addServiceImpact(server: McpServer, parts: McpParts): void {
  server.registerTool(
    'service_impact',
    {
      title: 'What stands and falls with a service',
      description:
        'From the topology: which services call this one (whom its trouble reaches), which it calls (whose trouble reaches ' +
        'it), with the number of calls between, and past incidents that involved it.',
      inputSchema: z.object({ service: z.string().min(1).max(500).describe('As the topology names it.') }),
      outputSchema: ServiceImpact,
      annotations: READ_ONLY,
    },
    async ({ service }, context) => runTool(() => tellImpact(service, parts, context.mcpReq.signal), parts.onFailure),
  );
}

async function tellImpact(name: string, parts: McpParts, signal: AbortSignal): Promise<z.infer<typeof ServiceImpact>> {
  const graph = await parts.getServiceGraph();
  const node = findService(graph, name);
  const question = { query: node.name, services: [node.name], kinds: ['incident'], k: MAX_INCIDENTS };
  const { results } = await parts.search(SearchRequest.parse(question), signal);
  const { name: service, description, owner } = node;
  return {
    service: {
      name: service,
      ...(description === undefined ? {} : { description }),
      ...(owner === undefined ? {} : { owner }),
    },
    dependsOn: reach(graph.downstream, service),
    impacts: reach(graph.upstream, service),
    incidents: results.map(({ id, title }) => ({ id, title })),
  };
}

/** Names that a refusal lists, so that the next call can be right. */
const MAX_HINTS = 10;

function findService({ services }: ServiceGraph, name: string): ServiceNode {
  const wanted = foldName(name);
  const found = [...services.values()].find((node) => foldName(node.name) === wanted);
  if (found) return found;
  const known = [...services.keys()];
  const alike = known.filter((each) => foldName(each).includes(wanted));
  const hint = alike.length > 0 ? `did you mean ${list(alike)}?` : `it knows ${list(known)}`;
  throw new PrecedentError('not-found', `the topology knows no service of this name; ${hint}`);
}

/** “Web server” is said of `web-server`. */
function foldName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s._-]+/g, '-');
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'none at all';
  const more = names.length > MAX_HINTS ? ` and ${names.length - MAX_HINTS} more` : '';
  return `${names.slice(0, MAX_HINTS).join(', ')}${more}`;
}

/** Every service along the edges, with its distance. */
function reach(edges: ServiceGraph['downstream'], from: string): z.infer<typeof Reached> {
  const hops = new Map([[from, 0]]);
  // A map goes on with what is added while it is walked: first come, so nearest, first.
  for (const [service, distance] of hops) {
    for (const next of edges.get(service) ?? []) if (!hops.has(next)) hops.set(next, distance + 1);
  }
  hops.delete(from);
  return [...hops].map(([service, distance]) => ({ service, hops: distance }));
}
