import { PrecedentError } from '../domain/errors.ts';
import type { ReceivedGroup, Sender } from '../domain/occurrence.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { AcceptedGroup, Clock, IncomingGroup, IntakeStore } from '../ports.ts';
import { redactGroups } from './redact-groups.ts';
import { situationKeyOf } from './situation-key.ts';
import { createTellOnce } from './tell-once.ts';

/** Where a delivery came from. */
export interface Origin {
  readonly namespace: string;
  readonly sender: Sender;
}

/** Takes alerts in: what it has answered is kept, whatever happens to this process afterwards. */
export interface Front extends AsyncDisposable {
  /**
   * What came of each group, in their order, once all of them are written down. Errors: `overloaded` when too many wait
   * already, `casebook-unavailable` when they cannot be kept, `interrupted` while the process stops. All of them may pass:
   * a sender that tells the same again does no harm.
   */
  accept(groups: readonly ReceivedGroup[], origin: Origin): Promise<AcceptedGroup[]>;
}

export interface FrontParts {
  readonly intake: Pick<IntakeStore, 'accept'>;
  readonly redact: Redactor;
  /** What an answer depends on besides the alerts, as far as it is known by now; undefined makes a situation like no other. */
  readonly findFacts: () => string | undefined;
  /** The name of the noise rule that filters all that fires in this group. */
  readonly findFilter?: ((group: ReceivedGroup, origin: Origin) => string | undefined) | undefined;
  readonly now: Clock;
  readonly newId: () => string;
  readonly onFailure: (what: string, error: unknown) => void;
  readonly onAccepted?: ((origin: Origin, accepted: readonly AcceptedGroup[]) => void) | undefined;
}

/** Written together at most: the process stands still while a file database writes. */
const MAX_ALERTS_AT_ONCE = 500;
const MAX_WAITING_GROUPS = 5_000;

interface Delivery {
  readonly groups: readonly ReceivedGroup[];
  readonly origin: Origin;
  readonly done: (accepted: AcceptedGroup[]) => void;
  readonly fail: (error: unknown) => void;
}

/** Deliveries that come while one write runs are written by the next, together: a storm costs few writes. */
export function createFront(parts: FrontParts): Front {
  const filterFailure = createTellOnce((error) => parts.onFailure('apply noise rules', error));
  const waiting: Delivery[] = [];
  let waitingGroups = 0;
  let writing: Promise<void> | undefined;
  let isClosing = false;

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waitingGroups -= batch.reduce((sum, { groups }) => sum + groups.length, 0);
      await write(batch).catch((error: unknown) => {
        for (const { fail } of batch) fail(error);
      });
    }
    writing = undefined;
  }

  async function write(batch: readonly Delivery[]): Promise<void> {
    const accepted = await parts.intake.accept(await prepare(batch, { ...parts, findFilter }), parts.now());
    let from = 0;
    const answers = batch.map(({ groups, origin, done }) => {
      const own = accepted.slice(from, from + groups.length);
      from += groups.length;
      done(own);
      return { origin, own };
    });
    for (const { origin, own } of answers) tell(origin, own);
  }

  function tell(origin: Origin, accepted: readonly AcceptedGroup[]): void {
    try {
      parts.onAccepted?.(origin, accepted);
    } catch (error) {
      parts.onFailure('tell of accepted alerts', error);
    }
  }

  /** A rule that cannot be applied hides nothing. */
  function findFilter(group: ReceivedGroup, origin: Origin): string | undefined {
    try {
      return parts.findFilter?.(group, origin);
    } catch (error) {
      filterFailure.failed(error);
      return undefined;
    }
  }

  return {
    async accept(groups, origin) {
      if (isClosing) throw new PrecedentError('interrupted', 'the process is stopping: send it again in a moment');
      if (groups.length === 0) return [];
      if (waitingGroups > 0 && waitingGroups + groups.length > MAX_WAITING_GROUPS) {
        throw new PrecedentError(
          'overloaded',
          `${waitingGroups} groups of alerts wait already: send it again in a moment`,
        );
      }
      return new Promise((done, fail) => {
        waiting.push({ groups, origin, done, fail });
        waitingGroups += groups.length;
        writing ??= writeAll();
      });
    },
    async [Symbol.asyncDispose]() {
      isClosing = true;
      await writing;
    },
  };
}

/** Whole deliveries, in their order; the first even when it is larger than what is written at once. */
function takeBatch(waiting: Delivery[]): Delivery[] {
  let alerts = 0;
  const fits = waiting.findIndex(({ groups }) => {
    alerts += groups.reduce((sum, group) => sum + group.alerts.length, 0);
    return alerts > MAX_ALERTS_AT_ONCE;
  });
  return waiting.splice(0, fits === -1 ? waiting.length : Math.max(1, fits));
}

/** Keys and rules go by the words as they came; what is kept is without secrets. */
async function prepare(batch: readonly Delivery[], parts: FrontParts): Promise<IncomingGroup[]> {
  const facts = parts.findFacts();
  const incoming = batch.flatMap(({ groups, origin }) =>
    groups.map((said) => {
      const id = parts.newId();
      const group = standAlone(said);
      const filteredBy = parts.findFilter?.(group, origin);
      const situationKey = situationKeyOf(group.alerts, facts ?? id);
      return { id, ...origin, group, situationKey, ...(filteredBy === undefined ? {} : { filteredBy }) };
    }),
  );
  const clean = await redactGroups(
    incoming.map(({ group }) => group),
    parts.redact,
  );
  return clean.flatMap((group, index) => {
    const item = incoming[index];
    return item === undefined ? [] : [{ ...item, group }];
  });
}

/** Alerts are kept one by one, so each says for itself what its group says for all. */
function standAlone(group: ReceivedGroup): ReceivedGroup {
  return {
    ...group,
    alerts: group.alerts.map((alert) => ({
      ...alert,
      labels: { ...group.commonLabels, ...alert.labels },
      annotations: { ...group.commonAnnotations, ...alert.annotations },
    })),
  };
}
