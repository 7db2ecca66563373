import { type Tidings, tidingsOfDiagnosis, tidingsOfEnd, tidingsOfReuse } from '../deliver/telling.ts';
import type { Occurrence } from '../domain/occurrence.ts';
import type { DiagnosisTask } from '../domain/triage.ts';
import type { AcceptedGroup, DiagnosisRecord, IntakeStore } from '../ports.ts';
import type { Courier } from './courier.ts';

/** What the desks tell of, as tidings for whoever wants to know. */
export interface CourierTidings {
  /** A diagnosis of alerts is over. Kept when it resolves; throws when it cannot be, so that it is told again. */
  onSettled(
    record: DiagnosisRecord,
    told: { readonly subject: DiagnosisTask['subject']; readonly occurrences: readonly Occurrence[] },
  ): Promise<void>;
  /** Answers that were known before; as `onSettled`. */
  onReuse(pairs: readonly { readonly occurrence: string }[]): Promise<void>;
  /** Alerts arrived, of which some may be over. Nobody waits for it: what fails is told to the log. */
  onAccepted(accepted: readonly AcceptedGroup[]): void;
  /** A diagnosis whose caller was sent away with a promise; as `onAccepted`. */
  onDoneLater(record: DiagnosisRecord): void;
}

export function createCourierTidings(parts: {
  readonly courier: Pick<Courier, 'enqueue' | 'isWanted'>;
  readonly intake: Pick<IntakeStore, 'findOccurrence'>;
  readonly onFailure: (what: string, error: unknown) => void;
}): CourierTidings {
  const { courier, intake } = parts;

  async function tellOf(ids: readonly string[], tidingsOf: (occurrence: Occurrence) => Tidings[]): Promise<void> {
    // All at once: on a casebook over the network, one after the other would take minutes in a storm.
    const found = await Promise.all([...new Set(ids)].map((id) => intake.findOccurrence(id)));
    await courier.enqueue(found.flatMap((occurrence) => (occurrence ? tidingsOf(occurrence) : [])));
  }

  function inBackground(work: Promise<void>): void {
    work.catch((error: unknown) => parts.onFailure('enqueue deliveries', error));
  }

  return {
    onSettled: (record, { subject, occurrences }) =>
      courier.enqueue(tidingsOfDiagnosis(record, occurrences, subject.kind === 'outage' ? subject.id : undefined)),
    async onReuse(pairs) {
      if (!courier.isWanted('diagnosis.done')) return;
      const ids = pairs.map(({ occurrence }) => occurrence);
      await tellOf(ids, tidingsOfReuse);
    },
    onAccepted(accepted) {
      if (!courier.isWanted('occurrence.resolved')) return;
      const ended = accepted.flatMap(listClosed);
      if (ended.length > 0) inBackground(tellOf(ended, tidingsOfEnd));
    },
    onDoneLater: (record) => inBackground(courier.enqueue(tidingsOfDiagnosis(record, []))),
  };
}

function listClosed(group: AcceptedGroup): readonly string[] {
  if (group.outcome === 'unknown') return [];
  const { occurrence, outcome, alsoClosed = [] } = group;
  return outcome === 'resolved' ? [occurrence, ...alsoClosed] : alsoClosed;
}
