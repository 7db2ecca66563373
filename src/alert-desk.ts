import { type AnswerWatch, createAnswerWatch } from './answer-watch/answer-watch.ts';
import type { ProgressBoard } from './answer-watch/progress-board.ts';
import type { Config, Secrets } from './config.ts';
import { type Courier, createCourier } from './courier/courier.ts';
import { createCourierReader } from './courier/reading.ts';
import { createCourierTidings } from './courier/tidings.ts';
import { redactDiagnosis } from './desk-redaction.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { DEFAULT_NAMESPACE } from './domain/principal.ts';
import type { Redactor } from './domain/redaction.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import { type Answers, createAnswers } from './intake-desk/answers.ts';
import { createIntakeDesk, type IntakeDesk, type IntakeDeskParts } from './intake-desk/intake-desk.ts';
import { createLlmAllowance } from './intake-desk/llm-allowance.ts';
import { createOutages, type Outages } from './intake-desk/outages.ts';
import type { NoiseKeeper } from './noise-desk/keeper.ts';
import type { DiagnosisRecord, Ports } from './ports.ts';
import { DEFAULT_TRIAGE } from './triage/triage.ts';

/** Alerts in, answers out: the queue of alerts, and everybody who waits for what comes of it. */
export interface AlertDesk extends AsyncDisposable {
  readonly intake: IntakeDesk;
  readonly answers: Answers;
  readonly outages: Outages;
  readonly watch: AnswerWatch;
  readonly courier: Courier;
  /** A diagnosis is in the casebook: whoever watches it is told. */
  announce(record: DiagnosisRecord): void;
  /** Somebody was promised this diagnosis, and may want to be told. */
  tell(record: DiagnosisRecord): void;
  /** Begins to work on what is kept, and to send. */
  start(): void;
}

export interface AlertDeskParts {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly ports: Ports;
  readonly reader: KnowledgeReader;
  readonly diagnose: (request: DiagnosisQuestion, id: string, signal: AbortSignal) => Promise<Diagnosis>;
  readonly noise: Pick<NoiseKeeper, 'filterOf'>;
  readonly board: ProgressBoard;
  readonly redact: Redactor;
  readonly onAccepted?: IntakeDeskParts['onAccepted'];
  readonly onTriaged?: IntakeDeskParts['onTriaged'];
  readonly onDiagnosed?: ((diagnosis: Diagnosis) => void) | undefined;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** As many precedents as a question gets that names no number. */
const PRECEDENTS = 8;

export function createAlertDesk(parts: AlertDeskParts): AlertDesk {
  const { config, secrets, ports, reader, redact, board, onFailure } = parts;
  const graph = async (signal?: AbortSignal) => (await reader.current(signal)).graph;
  const answers = createAnswers(ports);
  const outages = createOutages({ intake: ports.intake, graph });
  const read = createCourierReader({ ...answers, ...outages, intake: ports.intake });
  const courier = createCourier({
    ...ports,
    destinations: config.callbacks,
    access: secrets.callbacks,
    publicUrl: config.publicUrl,
    // Buttons lead nowhere where nobody's clicks are believed.
    ...(secrets.slackSigningSecrets.length > 0 ? { slackNamespace: DEFAULT_NAMESPACE } : {}),
    read,
    random: Math.random,
    onFailure,
  });
  const tidings = createCourierTidings({ courier, intake: ports.intake, onFailure });
  const owner = ports.newId();
  const { workers, llmPerHour, outageWindowSeconds, reuseMinutes } = config.intake;

  const intake = createIntakeDesk({
    ...ports,
    redact,
    owner,
    findFacts: () => factsOf(reader.findLoaded(), config),
    findFilter: (group, { sender }) => parts.noise.filterOf(group, sender),
    readTopology: (signal) => reader.current(signal),
    settings: { ...DEFAULT_TRIAGE, outageWindowSeconds },
    reuseMinutes,
    diagnose: async (alerts, { id, engine, signal }) => {
      const options = { k: PRECEDENTS, engine, traces: 'auto' } as const;
      return redactDiagnosis(
        await parts.diagnose({ alerts: { labels: {}, annotations: {}, ...alerts }, options }, id, signal),
        redact,
      );
    },
    llmAllowance: ports.chatModel && createLlmAllowance({ perHour: llmPerHour, now: ports.now }),
    workerCount: workers,
    timeBudgetMs: config.timeBudgetMs,
    random: Math.random,
    onAccepted: (origin, accepted) => {
      parts.onAccepted?.(origin, accepted);
      tidings.onAccepted(accepted);
    },
    onTriaged: parts.onTriaged,
    onReuse: tidings.onReuse,
    onSettled: async (record, told) => {
      board.done(record.id);
      if (record.status === 'done') parts.onDiagnosed?.(record.diagnosis);
      await tidings.onSettled(record, told);
    },
    onFailure,
  });

  return {
    intake,
    answers,
    outages,
    courier,
    watch: createAnswerWatch({ ...answers, board }),
    announce: ({ id }) => board.done(id),
    tell: tidings.onDoneLater,
    start() {
      intake.start();
      courier.start();
    },
    async [Symbol.asyncDispose]() {
      await intake[Symbol.asyncDispose]();
      await courier[Symbol.asyncDispose]();
    },
  };
}

/** What an answer rests on besides the alerts: with other knowledge, or another model, the same alerts are a new question. */
function factsOf(knowledge: Knowledge | undefined, { llm }: Config): string | undefined {
  return knowledge && JSON.stringify([knowledge.generation.key, llm?.endpoints.map(({ model }) => model) ?? []]);
}
