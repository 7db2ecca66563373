import { setTimeout as sleep } from 'node:timers/promises';
import { PrecedentError } from '../domain/errors.ts';
import type { ReceivedGroup, Sender } from '../domain/occurrence.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { AcceptedGroup, Clock, IncomingGroup, IntakeStore } from '../ports.ts';
import { addLoad, isOver, type Load, loadOf } from './delivery-load.ts';
import { createDeliveryTurns } from './delivery-turns.ts';
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
  /** What may wait to be written. */
  readonly maxWaiting?: Load;
  readonly onAccepted?: ((origin: Origin, accepted: readonly AcceptedGroup[]) => void) | undefined;
}

/** In a storm several arrive meanwhile, and the next write is theirs together; alone, nobody waits for it. */
const GATHER_MS = 15;

/** Written together at most: the process stands still while a file database writes. */
const MAX_AT_ONCE: Load = { alerts: 500, characters: 4_194_304 };
/** As many seconds of writing as senders wait for, and of memory what a small machine has to spare. */
const MAX_WAITING: Load = { alerts: 10_000, characters: 67_108_864 };

interface Delivery {
  readonly from: string;
  readonly load: Load;
  readonly groups: readonly ReceivedGroup[];
  readonly origin: Origin;
  readonly done: (accepted: AcceptedGroup[]) => void;
  readonly fail: (error: unknown) => void;
}

/** Deliveries that come while one write runs are written by the next, together: a storm costs few writes. */
export function createFront(parts: FrontParts): Front {
  const filterFailure = createTellOnce((error) => parts.onFailure('apply noise rules', error));
  const { maxWaiting = MAX_WAITING } = parts;
  const waiting = createDeliveryTurns<Delivery>();
  let writing: Promise<void> | undefined;
  let isClosing = false;

  async function writeAll(): Promise<void> {
    while (!waiting.isEmpty) {
      const batch = waiting.take(MAX_AT_ONCE);
      await write(batch).catch((error: unknown) => {
        for (const { fail } of batch) fail(error);
      });
      await sleep(GATHER_MS);
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
      const load = loadOf(groups);
      // What is too much even alone would otherwise never be taken.
      if (!waiting.isEmpty && isOver(addLoad(waiting.load, load), maxWaiting)) {
        const what = `${waiting.load.alerts} alerts of ${waiting.load.characters} characters wait already`;
        throw new PrecedentError('overloaded', `${what}: send it again in a moment`, { retryAfterSeconds: 2 });
      }
      const from = JSON.stringify([origin.namespace, origin.sender]);
      return new Promise((done, fail) => {
        waiting.add({ from, load, groups, origin, done, fail });
        writing ??= writeAll();
      });
    },
    async [Symbol.asyncDispose]() {
      isClosing = true;
      await writing;
    },
  };
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
