import { z } from '@hono/zod-openapi';
import { Alert, AlertInput } from '../domain/alert.ts';
import * as ask from '../domain/ask.ts';
import * as backtest from '../domain/backtest.ts';
import { CalibrationQuality, GradedCase } from '../domain/calibration.ts';
import { Confidence } from '../domain/confidence.ts';
import { Delivery } from '../domain/delivery.ts';
import * as diagnosis from '../domain/diagnosis.ts';
import { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { Section, Step } from '../domain/document.ts';
import { Answerable, ScoreBreakdown, SearchResponse, SearchResult } from '../domain/evidence.ts';
import { DiagnosisVerdicts, TrueCause, VerdictRecord, VerdictRequest } from '../domain/feedback.ts';
import { EmbeddingModel } from '../domain/generation.ts';
import { KnowledgeProblem } from '../domain/ingest-report.ts';
import { KnowledgeStatus, LastRefresh, SourceStatus } from '../domain/knowledge-status.ts';
import { HiddenIncident, NoiseDryRun } from '../domain/noise-dry-run.ts';
import { ListedNoiseRule, NoiseRuleList } from '../domain/noise-rule-list.ts';
import { Occurrence, ReusedAnswer } from '../domain/occurrence.ts';
import * as outage from '../domain/outage.ts';
import { DiagnosisRequest, DigestRequest, SearchRequest, TraceDigestInput } from '../domain/request.ts';
import { SnapshotPage } from '../domain/snapshot.ts';
import { SourceRef } from '../domain/source.ts';
import { Dependency, EdgeProvenance, ServiceNode } from '../domain/topology.ts';
import {
  CausalEdge,
  LoadShape,
  RankerSays,
  Suspect,
  TraceDigest,
  TraceWindow,
  TraceWindows,
  WindowStats,
} from '../domain/trace.ts';
import { AlertCoverage, Coverage } from '../review/coverage.ts';
import { ProblemDetails } from './problem.ts';
import { AuditEntryAnswer, AuditPage } from './routes/audit.ts';
import { DeliveryList, RevivedDelivery } from './routes/deliveries.ts';
import { PendingDiagnosis } from './routes/diagnoses.ts';
import { DependencyCheck, Liveness, Readiness, Unreadiness } from './routes/health.ts';
import { HookAnswer } from './routes/hooks.ts';
import { IntakeAnswer } from './routes/intake.ts';
import { IncidentAnswer, RunbookAnswer, TopologyAnswer, TopologyEdge } from './routes/knowledge.ts';
import { NoiseDryRunRequest } from './routes/noise-rules.ts';
import { OutageList } from './routes/outages.ts';
import { SlackReply } from './routes/slack.ts';
import { NewTokenAnswer, RotateRequest, TokenAnswer, TokenList, TokenRequest } from './routes/tokens.ts';
import { SCHEMA_NOTES, type SchemaNotes } from './schema-notes.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What callers send, by the names it has in the document. */
const REQUESTS = {
  Alert,
  AlertInput,
  AskRequest: ask.AskRequest,
  DiagnosisRequest,
  DigestRequest,
  NoiseDryRunRequest,
  RankerSays,
  RotateRequest,
  SearchRequest,
  TokenRequest,
  TraceDigestInput,
  TrueCause,
  VerdictRequest,
  WindowStats,
};

/** What they get. */
const ANSWERS = {
  AccessToken: TokenAnswer,
  AccessTokens: TokenList,
  AskAnswer: ask.AskAnswer,
  AskCitation: ask.AskCitation,
  AskProvenance: ask.AskProvenance,
  AskSentence: ask.AskSentence,
  AskSource: ask.AskSource,
  AuditEntries: AuditPage,
  AuditEntry: AuditEntryAnswer,
  Delivery,
  DeliveryList,
  DiagnosisAnswer,
  HiddenIncident,
  IntakeAnswer,
  ListedNoiseRule,
  NewAccessToken: NewTokenAnswer,
  NoiseDryRun,
  NoiseRuleList,
  Occurrence,
  Outage: outage.Outage,
  OutageList,
  OutageListing: outage.OutageListing,
  ReusedAnswer,
  RevivedDelivery,
  AlertCoverage,
  Answerable,
  BacktestCase: backtest.BacktestCase,
  BacktestReport: backtest.BacktestReport,
  CalibrationQuality,
  CausalEdge,
  Citation: diagnosis.Citation,
  Confidence,
  Coverage,
  CoveragePoint: backtest.CoveragePoint,
  Dependency,
  DependencyCheck,
  DiagnosedSituation: diagnosis.DiagnosedSituation,
  Diagnosis: diagnosis.Diagnosis,
  DiagnosisVerdicts,
  EdgeProvenance,
  EmbeddingModel,
  FoundShares: backtest.FoundShares,
  GradedCase,
  HookAnswer,
  Hypothesis: diagnosis.Hypothesis,
  Incident: IncidentAnswer,
  JudgedTarget: backtest.JudgedTarget,
  KnowledgeProblem,
  KnowledgeStatus,
  LastRefresh,
  Liveness,
  LoadShape,
  MitigationStep: diagnosis.MitigationStep,
  PendingDiagnosis,
  Precedent: diagnosis.Precedent,
  ProblemDetails,
  Provenance: diagnosis.Provenance,
  RankerSays,
  Readiness,
  ReliabilityBin: backtest.ReliabilityBin,
  RootCause: diagnosis.RootCause,
  Runbook: RunbookAnswer,
  RunbookEvidence: diagnosis.RunbookEvidence,
  ScoreBreakdown,
  SearchResponse,
  SearchResult,
  Section,
  ServiceNode,
  Share: backtest.Share,
  SlackReply,
  SkippedIncident: backtest.SkippedIncident,
  SnapshotPage,
  SourceRef,
  SourceStatus,
  Step,
  Suspect,
  Topology: TopologyAnswer,
  TopologyEdge,
  TraceDigest,
  TraceWindow,
  TraceWindows,
  TrueCause,
  Unreadiness,
  VerdictRecord,
  WindowStats,
};

/** The schemas of the document: shapes and ranges from the domain, what each field means from `SCHEMA_NOTES`. */
export function buildSchemas(): Record<string, JsonSchema> {
  const schemas = { ...toJsonSchemas(ANSWERS, 'output'), ...toJsonSchemas(REQUESTS, 'input') };
  const described = Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => {
    describe(schema, SCHEMA_NOTES[name] ?? {}, '');
    return [name, schema] as const;
  });
  return Object.fromEntries(described.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toJsonSchemas(named: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/components/schemas/${id}`,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema),
  });
  return schemas;
}

/** Removes what zod adds for its own sake, so that the document says what the API promises. */
function tidy(zodSchema: z.core.$ZodTypes, jsonSchema: JsonSchema): void {
  // Answers may gain fields, and unknown fields of requests are ignored.
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  delete jsonSchema.propertyNames;
  // Every transform of the domain that an answer can hold makes a string of what it got.
  if (zodSchema._zod.def.type === 'transform') jsonSchema.type = 'string';
}

/** Puts each note where readers of the document look for it. */
function describe(schema: JsonSchema, notes: SchemaNotes, path: string): void {
  const note = notes[path || 'self'];
  if (note !== undefined) schema.description = note;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (typeof property === 'object') describe(property, notes, path ? `${path}.${name}` : name);
  }
  for (const alternative of schema.anyOf ?? []) {
    if (typeof alternative === 'object' && alternative.properties) describe(alternative, notes, path);
  }
  const { items } = schema;
  if (typeof items === 'object' && !Array.isArray(items)) describe(items, notes, `${path}[]`);
}
