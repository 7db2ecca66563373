import { isPrecedentError, PrecedentError } from '../domain/errors.ts';
import type { KnownServices } from '../domain/known-services.ts';
import { buildServiceGraph, type ServiceGraph } from '../domain/topology.ts';
import { untilAborted } from '../domain/until-aborted.ts';
import type { Clock } from '../ports.ts';
import { createTellOnce } from './tell-once.ts';

/** What triage knows of the services. */
export interface KnownTopology {
  readonly graph: ServiceGraph;
  readonly knownServices: KnownServices;
}

export type ReadTopology = (signal: AbortSignal) => Promise<KnownTopology>;

const READ_MS = 2_000;
/** An answer by the alerts' names alone is better than one that waits for an index for longer than this. */
const PATIENCE_MS = 10_000;
const NOTHING_KNOWN: KnownTopology = { graph: buildServiceGraph([]), knownServices: new Map() };

/**
 * The topology for what has waited since `oldest`; undefined while it is better to wait for it. Where it cannot be had in
 * time, or not at all, nothing is known of any service: alerts then belong together by their names and by time.
 */
export function findTopology(parts: {
  readonly readTopology: ReadTopology;
  readonly now: Clock;
  readonly onFailure: (what: string, error: unknown) => void;
}): (oldest: string | undefined) => Promise<KnownTopology | undefined> {
  const failure = createTellOnce((error) => parts.onFailure('read topology', error));
  return async (oldest) => {
    const limit = AbortSignal.timeout(READ_MS);
    try {
      const known = await untilAborted(parts.readTopology(limit), limit);
      failure.worked();
      return known;
    } catch (error) {
      failure.failed(limit.aborted ? tooSlow(error) : error);
      const mayPass = limit.aborted || (isPrecedentError(error) && error.isRetryable);
      const waited = oldest === undefined ? 0 : parts.now().getTime() - Date.parse(oldest);
      return mayPass && waited < PATIENCE_MS ? undefined : NOTHING_KNOWN;
    }
  };
}

function tooSlow(cause: unknown): PrecedentError {
  const message = `the knowledge could not be read within ${READ_MS / 1_000} s: alerts wait for it a little, then do without`;
  return new PrecedentError('index-unavailable', message, { cause });
}
