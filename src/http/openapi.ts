import { OpenAPIHono } from '@hono/zod-openapi';
import { VERSION } from '../config.ts';
import { ASK_ROUTES } from './routes/ask.ts';
import { AUDIT_ROUTES } from './routes/audit.ts';
import { DELIVERY_ROUTES } from './routes/deliveries.ts';
import { DIAGNOSIS_ROUTES } from './routes/diagnoses.ts';
import { DIAGNOSIS_EVENT_ROUTES } from './routes/diagnosis-events.ts';
import { HEALTH_ROUTES } from './routes/health.ts';
import { HOOK_ROUTES } from './routes/hooks.ts';
import { INTAKE_ROUTES } from './routes/intake.ts';
import { KNOWLEDGE_ROUTES } from './routes/knowledge.ts';
import { NOISE_ROUTES } from './routes/noise-rules.ts';
import { OUTAGE_ROUTES } from './routes/outages.ts';
import { POSTMORTEM_ROUTES } from './routes/postmortem.ts';
import { REPORT_ROUTES } from './routes/reports.ts';
import { SEARCH_ROUTES } from './routes/search.ts';
import { SLACK_ROUTES } from './routes/slack.ts';
import { SNAPSHOT_ROUTES } from './routes/snapshots.ts';
import { STATUS_ROUTES } from './routes/status.ts';
import { TOKEN_ROUTES } from './routes/tokens.ts';
import { TRACE_ROUTES } from './routes/traces.ts';
import { VERDICT_ROUTES } from './routes/verdicts.ts';
import { buildSchemas } from './schemas.ts';

/** Every documented route, in the order of the document. */
export const ROUTES = [
  ...INTAKE_ROUTES,
  ...DIAGNOSIS_ROUTES,
  ...DIAGNOSIS_EVENT_ROUTES,
  ...VERDICT_ROUTES,
  ...POSTMORTEM_ROUTES,
  ...OUTAGE_ROUTES,
  ...ASK_ROUTES,
  ...SLACK_ROUTES,
  ...SEARCH_ROUTES,
  ...TRACE_ROUTES,
  ...SNAPSHOT_ROUTES,
  ...KNOWLEDGE_ROUTES,
  ...STATUS_ROUTES,
  ...NOISE_ROUTES,
  ...HOOK_ROUTES,
  ...REPORT_ROUTES,
  ...DELIVERY_ROUTES,
  ...TOKEN_ROUTES,
  ...AUDIT_ROUTES,
  ...HEALTH_ROUTES,
];

const HEAD = {
  openapi: '3.1.0',
  info: {
    title: 'Precedent',
    version: VERSION,
    description:
      'Tells whoever is on call what we did last time. Every error is `application/problem+json` (RFC 9457).',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ bearer: [] }, {}],
  tags: [
    { name: 'Intake', description: 'Alerts in, as their senders post them.' },
    { name: 'Diagnoses', description: 'An alert and its traces in, cause and mitigation with precedents out.' },
    { name: 'Outages', description: 'Alerts that belong together.' },
    { name: 'Ask', description: 'Questions in words.' },
    { name: 'Search', description: 'Retrieval alone.' },
    { name: 'Traces', description: 'Two windows of spans, compared.' },
    { name: 'Knowledge', description: 'What has been ingested.' },
    { name: 'Noise rules', description: 'What nobody need be told of.' },
    { name: 'Reports', description: 'How good the knowledge is.' },
    { name: 'Deliveries', description: 'What was told to whom.' },
    { name: 'Access', description: 'Who may come in, and who changed what.' },
    { name: 'Health', description: 'For probes.' },
  ],
};

/** The OpenAPI 3.1 document of the routes. Pure: needs no running service, so that it can be checked in and compared. */
export function buildOpenApiDocument() {
  const collector = new OpenAPIHono();
  for (const route of ROUTES) collector.openAPIRegistry.registerPath(route);
  const document = collector.getOpenAPI31Document(HEAD);
  const bearer = {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `API_TOKENS`, of `precedent token create`, or of the identity provider.',
  };
  // The routes name their schemas; zod itself writes them, because it keeps shared parts as references.
  return { ...document, components: { schemas: buildSchemas(), securitySchemes: { bearer } } };
}
