import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { Incident, Runbook } from '../../domain/document.ts';
import { Dependency, EdgeProvenance, type ServiceGraph, ServiceNode } from '../../domain/topology.ts';
import { jsonAnswer, problems } from './answers.ts';

// Chunks are what the index embeds, with headers no one should see: the sections hold the same words as written.
export const IncidentAnswer = Incident.omit({ chunks: true });
export const RunbookAnswer = Runbook.omit({ chunks: true });

export const TopologyEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: Dependency.shape.kind.unwrap(),
  provenance: z.array(EdgeProvenance),
});
export const TopologyAnswer = z.object({ services: z.array(ServiceNode), edges: z.array(TopologyEdge) });

const documentId = z.object({
  id: z.string().openapi({ description: 'Path without extension; its slashes may be sent as they are or as `%2F`.' }),
});

const getIncident = createRoute({
  method: 'get',
  path: '/v1/incidents/{id}',
  operationId: 'getIncident',
  tags: ['Knowledge'],
  summary: 'One incident, section by section',
  request: { params: documentId },
  responses: { 200: jsonAnswer('The incident.', 'Incident', IncidentAnswer), ...problems(401, 404, 500, 503) },
});

const getRunbook = createRoute({
  method: 'get',
  path: '/v1/runbooks/{id}',
  operationId: 'getRunbook',
  tags: ['Knowledge'],
  summary: 'One runbook, section by section',
  request: { params: documentId },
  responses: { 200: jsonAnswer('The runbook.', 'Runbook', RunbookAnswer), ...problems(401, 404, 500, 503) },
});

const getTopology = createRoute({
  method: 'get',
  path: '/v1/topology',
  operationId: 'getTopology',
  tags: ['Knowledge'],
  summary: 'The services and who calls whom',
  responses: { 200: jsonAnswer('Over all systems.', 'Topology', TopologyAnswer), ...problems(401, 500, 503) },
});

export const KNOWLEDGE_ROUTES = [getIncident, getRunbook, getTopology];

/** Ids hold slashes. OpenAPI has no word for a path parameter that spans them, so these two are routed by hand. */
export function addKnowledgeRoutes(api: OpenAPIHono, app: App): void {
  api.get('/v1/incidents/:id{.+}', async (c) => {
    const document = await app.getDocument('incident', c.req.param('id'));
    return c.json(IncidentAnswer.parse(document), 200);
  });

  api.get('/v1/runbooks/:id{.+}', async (c) => {
    const document = await app.getDocument('runbook', c.req.param('id'));
    return c.json(RunbookAnswer.parse(document), 200);
  });

  api.openapi(getTopology, async (c) => c.json(toTopology(await app.getServiceGraph()), 200));
}

function toTopology(graph: ServiceGraph): z.infer<typeof TopologyAnswer> {
  const services = [...graph.services.values()].sort((a, b) => a.name.localeCompare(b.name));
  const edges = services.flatMap(({ name, dependsOn }) =>
    dependsOn.map(({ service, kind, provenance = [] }) => ({ from: name, to: service, kind, provenance })),
  );
  return { services, edges };
}
