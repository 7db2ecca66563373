import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { Diagnosis } from '../domain/diagnosis.ts';
import { PrecedentError } from '../domain/errors.ts';
import { parseInput } from '../domain/parse-input.ts';
import type { Principal } from '../domain/principal.ts';
import { DiagnosisRequest } from '../domain/request.ts';
import { Signal } from '../domain/signal.ts';
import { CausalEdge, LoadShape, Suspect, TraceWindows } from '../domain/trace.ts';
import { READ_ONLY } from './knowledge-tools.ts';
import type { McpParts } from './parts.ts';
import { runTool } from './tool-result.ts';

const TEXTS = z.record(z.string(), z.string());
const MAX_ALERTS = 100;

const AlertQuestion = z.object({
  labels: TEXTS.default({}).describe("The alert's labels: alertname, service, severity, namespace …"),
  annotations: TEXTS.default({}).describe("The alert's annotations: summary, description, runbook_url …"),
  startsAt: z.iso.datetime({ offset: true }).optional().describe('When it began: 2026-03-31T12:00:00Z.'),
  alerts: z
    .array(z.object({ labels: TEXTS.default({}), annotations: TEXTS.default({}) }))
    .max(MAX_ALERTS)
    .optional()
    .describe('Further alerts that fire together with it.'),
  asOf: z.iso.datetime({ offset: true }).optional().describe('Answer with what was known at this moment.'),
  k: z.int().min(1).max(20).default(5).describe('Precedents to return, 1 to 20.'),
});

/** What a model needs of a diagnosis; the whole of it is at `/v1/diagnoses/{id}`. */
const Told = Diagnosis.pick({
  kind: true,
  reason: true,
  engine: true,
  rootCause: true,
  hypotheses: true,
  mitigation: true,
  precedents: true,
  runbooks: true,
  suspects: true,
  causalPath: true,
  digest: true,
  confidence: true,
  createdAt: true,
});

const DiagnosisAnswer = z.object({
  id: z.string().describe('To look it up later, or to judge it.'),
  status: z.enum(['done', 'pending']).describe('`pending`: it takes longer; it will be found under this id.'),
  diagnosis: Told.optional(),
});

const Window = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);
const WindowsQuestion = z.object({
  baseline: Window.optional().describe('Traces of a normal window, of the same traffic.'),
  incident: Window.describe('Traces of the window in trouble: Jaeger {data}, OTLP {resourceSpans} or a Zipkin array.'),
});

const DigestAnswer = z.object({
  healthy: z.boolean(),
  suspects: z.array(Suspect),
  causalPath: z.array(CausalEdge),
  signals: z.array(Signal),
  shapes: z.array(LoadShape),
  text: z.string(),
  windows: TraceWindows.nullable(),
  snapshotKeys: z.array(z.string()),
});

/** What an alert's cause probably is, and what two windows of traces say. */
export function addDiagnosisTools(server: McpServer, parts: McpParts, asker: Principal): void {
  server.registerTool(
    'diagnose_alert',
    {
      title: 'What did we do last time?',
      description:
        'Names the probable root cause of an alert, what was done last time, and how sure that is, from past incidents and ' +
        'runbooks. `confidence.calibrated` is a measured chance, or null with the reason. `abstained` means no precedent fits.',
      inputSchema: AlertQuestion,
      outputSchema: DiagnosisAnswer,
      annotations: { ...READ_ONLY, idempotentHint: false },
    },
    async (question) => runTool(() => diagnose(question, parts, asker), parts.onFailure),
  );
  server.registerTool(
    'digest_traces',
    {
      title: 'Compare two windows of traces',
      description:
        'Names the services and operations that changed between a normal window and one in trouble, and the path.',
      inputSchema: WindowsQuestion,
      outputSchema: DigestAnswer,
      annotations: READ_ONLY,
    },
    async (windows, context) =>
      runTool(async () => {
        const analysis = await parts.readWindows(windows, context.mcpReq.signal);
        // The schema insists on an incident window.
        if (!analysis) throw new Error('an incident window was read, and nothing came of it');
        return DigestAnswer.parse(await parts.digest(analysis));
      }, parts.onFailure),
  );
}

async function diagnose(
  { asOf, k, alerts = [], ...alert }: z.infer<typeof AlertQuestion>,
  parts: McpParts,
  asker: Principal,
): Promise<z.infer<typeof DiagnosisAnswer>> {
  if (Object.keys(alert.labels).length + Object.keys(alert.annotations).length + alerts.length === 0)
    throw new PrecedentError(
      'input-invalid',
      'send the labels or annotations of the alert at the top level: {"labels": {…}}',
    );
  const { traces: _, ...question } = parseInput(DiagnosisRequest, {
    alert: { ...alert, ...withAlerts(alert, alerts) },
    asOf,
    options: { k },
  });
  const said = await parts.diagnose(question, asker);
  if ('pending' in said) return { id: said.pending, status: 'pending' };
  return { id: said.id, status: 'done', diagnosis: Told.parse(said) };
}

/** As a group, with the first alert among its members; a lone alert stays one. */
function withAlerts<One>(alert: One, others: readonly One[]): { readonly alerts?: readonly One[] } {
  return others.length === 0 ? {} : { alerts: [alert, ...others] };
}
