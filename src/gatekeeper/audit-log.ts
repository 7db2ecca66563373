import type { AuditEntry } from '../domain/access.ts';
import { EVERY_NAMESPACE, type Principal } from '../domain/principal.ts';
import type { AccessStore, Clock } from '../ports.ts';

/** What an entry may hold of words that somebody else chose. */
const MAX_TARGET = 300;

/** Longest that a deed waits for its entry. */
const WRITE_MS = 2_000;

export type NumberedEntry = AuditEntry & { readonly number: number };

/** Who changed what. */
export interface AuditLog {
  /**
   * Writes it down. Never throws: what was done is done, and undoing it because nobody could write it down would be a
   * second deed. A failure is told to the log, which is the entry then.
   */
  record(who: Pick<Principal, 'name' | 'namespace'>, action: string, target: string): Promise<void>;
  /** The newest first: of the viewer's own namespace, or of all for who belongs to none. */
  list(
    viewer: Principal,
    page: { readonly limit: number; readonly before?: number | undefined },
  ): Promise<readonly NumberedEntry[]>;
}

export function createAuditLog(parts: {
  readonly access: Pick<AccessStore, 'addAudit' | 'listAudit'>;
  readonly now: Clock;
  readonly onFailure: (what: string, error: unknown) => void;
}): AuditLog {
  const { access, now, onFailure } = parts;
  return {
    async record({ name, namespace }, action, target) {
      const entry = { at: now().toISOString(), who: name, namespace, action, target: target.slice(0, MAX_TARGET) };
      try {
        await access.addAudit(entry, AbortSignal.timeout(WRITE_MS));
      } catch (error) {
        onFailure(`audit ${action} of ${entry.target} by ${name}`, error);
      }
    },

    async list(viewer, { limit, before }) {
      return access.listAudit({
        limit,
        ...(viewer.namespace === EVERY_NAMESPACE ? {} : { namespace: viewer.namespace }),
        ...(before === undefined ? {} : { before }),
      });
    },
  };
}
