import { destination, type Logger, pino } from 'pino';
import type { StageReport } from './diagnose/pipeline.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { isPrecedentError, messageOf } from './domain/errors.ts';
import type { TriageCounts } from './intake-desk/dispatcher.ts';
import type { Origin } from './intake-desk/front.ts';
import type { NoiseRules } from './noise-desk/keeper.ts';
import type { AcceptedGroup } from './ports.ts';
import type { RefreshOutcome } from './refresher.ts';

/** Business events, each logged from here and nowhere else. Texts of alerts, traces and prompts are never logged. */
export interface Log {
  listening(url: string): void;
  /** At start, after a webhook or a poll; a poll that brought nothing is no event. */
  refreshed(outcome: RefreshOutcome): void;
  diagnosed(diagnosis: Diagnosis): void;
  stage(report: StageReport): void;
  /** Alerts were kept. */
  accepted(origin: Origin, accepted: readonly AcceptedGroup[]): void;
  /** It is decided what answers them. */
  triaged(counts: TriageCounts): void;
  noiseRulesRead(rules: NoiseRules): void;
  requestFailed(request: { method: string; path: string; status: number }, error: unknown): void;
  backgroundFailed(what: string, error: unknown): void;
}

/** JSON lines on standard error, so that standard output stays what a command prints. */
export function createLog(level: string): Log {
  const logger: Logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination({ fd: 2, sync: true }),
  );
  return {
    listening: (url) => logger.info({ event: 'listening', url }),
    refreshed: ({ reason, report, error }) => {
      if (report === undefined) return logger.error({ event: 'ingest-failed', reason, ...errorFacts(error) });
      if (reason === 'poll' && !report.published) return;
      const { files: _files, problems, ...facts } = report;
      logger.info({ event: 'ingested', reason, ...facts, problems: problems.length });
    },
    diagnosed: ({ id, kind, reason, engine, rootCause, confidence, provenance }) =>
      logger.info({
        event: 'diagnosed',
        id,
        kind,
        reason,
        engine,
        category: rootCause.category,
        raw: confidence.raw,
        attempts: provenance.attempts,
        timings: provenance.timings,
      }),
    stage: ({ stage, ms }) => logger.debug({ event: 'stage', stage, ms }),
    accepted: ({ sender, namespace }, accepted) => {
      const outcomes = accepted.map(({ outcome }) => outcome);
      logger.info({ event: 'alerts-accepted', sender, namespace, outcomes });
    },
    triaged: (counts) => logger.info({ event: 'alerts-triaged', ...counts }),
    noiseRulesRead: ({ rules, problems }) => {
      const enabled = rules.filter((rule) => rule.enabled).length;
      const facts = { event: 'noise-rules-read', rules: rules.length, enabled, problems };
      if (problems.length > 0) logger.warn(facts);
      else logger.info(facts);
    },
    requestFailed: (request, error) => {
      const facts = { event: 'request-failed', ...request, ...errorFacts(error) };
      if (request.status >= 500) logger.error(facts);
      else logger.info(facts);
    },
    backgroundFailed: (what, error) => logger.warn({ event: 'background-failed', what, ...errorFacts(error) }),
  };
}

/** A stack only for what nobody foresaw: an error with a code of its own says by that where it comes from. */
function errorFacts(error: unknown): { code: string; message: string; stack?: string | undefined } {
  const message = messageOf(error);
  if (isPrecedentError(error)) return { code: error.code, message };
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return { code: error.code, message };
  return { code: 'internal', message, stack: error instanceof Error ? error.stack : undefined };
}
