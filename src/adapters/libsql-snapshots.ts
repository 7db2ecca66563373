import type { InStatement, Row } from '@libsql/client';
import { PrecedentError } from '../domain/errors.ts';
import { type KnownSnapshot, Snapshot, type SnapshotPageContent, type SnapshotRetention } from '../domain/snapshot.ts';
import type { SnapshotStore } from '../ports.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';

/** Some megabytes: a delete of a file's rows stands in everybody's way while it lasts. */
const PAGES_PER_DELETE = 100;

/** Snapshots in the casebook's database, which several replicas share. */
export function createLibsqlSnapshots(place: LibsqlOptions | LibsqlConnection): SnapshotStore {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  const execute = (statement: InStatement, signal?: AbortSignal) =>
    connection.call((client) => client.execute(statement), { signal });
  const isUnwritten = (signal?: AbortSignal) => !signal?.aborted && connection.isUnwritten();
  return {
    async savePage(page, signal) {
      await execute(savePage(page), signal);
    },
    async saveSnapshot(upload, snapshot, signal) {
      const statements = [saveSnapshot(upload, snapshot), discardUpload(upload)];
      const [saved] = await connection.call((client) => client.batch(statements, 'write'), { signal });
      if (saved?.rowsAffected) return;
      const message = `not all ${snapshot.pages} pages of the snapshot are in the casebook: read the traces again`;
      throw new PrecedentError('casebook-unavailable', message);
    },
    async discardUpload(upload, signal) {
      await execute(discardUpload(upload), signal);
    },
    async findSnapshot(key, signal) {
      if (isUnwritten(signal)) return undefined;
      const { rows } = await execute({ sql: 'SELECT * FROM snapshots WHERE key = ?', args: [key] }, signal);
      return rows[0] && toKnownSnapshot(rows[0]);
    },
    async findPage(key, page, signal) {
      if (isUnwritten(signal)) return undefined;
      const { rows } = await execute(findPage(key, page), signal);
      const content = rows[0]?.['content'];
      return content instanceof ArrayBuffer ? new Uint8Array(content) : undefined;
    },
    async expire(retention, now, signal) {
      if (isUnwritten(signal)) return 0;
      const { rowsAffected } = await execute(expire(retention, now), signal);
      await sweep(execute, retention, signal);
      return rowsAffected;
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function savePage({ upload, page, content, savedAt }: SnapshotPageContent): InStatement {
  return {
    sql: `INSERT INTO snapshot_pages (upload, page, saved_at, stored_bytes, content) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (upload, page) DO UPDATE
          SET saved_at = excluded.saved_at, stored_bytes = excluded.stored_bytes, content = excluded.content`,
    args: [upload, page, savedAt.toISOString(), content.byteLength, content],
  };
}

/** Nothing when a page is missing: another process may have swept the pages of an upload that took too long. */
function saveSnapshot(upload: string, snapshot: Snapshot): InStatement {
  const { key, format, createdAt, usedAt, spans, bytes, pages } = snapshot;
  return {
    sql: `INSERT INTO snapshots (key, upload, format, created_at, used_at, spans, bytes, pages, stored_bytes)
          SELECT ?, ?, ?, ?, ?, ?, ?, ?, sum(stored_bytes) FROM snapshot_pages
          WHERE upload = ? AND page BETWEEN 1 AND ? HAVING count(*) = ?
          ON CONFLICT (key) DO UPDATE SET
            used_at = max(used_at, excluded.used_at),
            upload = CASE WHEN expired_at IS NULL THEN upload ELSE excluded.upload END,
            stored_bytes = CASE WHEN expired_at IS NULL THEN stored_bytes ELSE excluded.stored_bytes END,
            expired_at = NULL`,
    args: [key, upload, format, createdAt, usedAt, spans, bytes, pages, upload, pages, pages],
  };
}

function discardUpload(upload: string): InStatement {
  return {
    sql: `DELETE FROM snapshot_pages WHERE upload = ? AND NOT EXISTS (SELECT 1 FROM snapshots WHERE upload = ?)`,
    args: [upload, upload],
  };
}

function findPage(key: string, page: number): InStatement {
  return {
    sql: `SELECT p.content FROM snapshots AS s JOIN snapshot_pages AS p ON p.upload = s.upload
          WHERE s.key = ? AND p.page = ? AND s.expired_at IS NULL`,
    args: [key, page],
  };
}

/** One statement, so that a snapshot that is used anew meanwhile is either seen as such or saved again. */
function expire({ usedSince, maxBytes }: SnapshotRetention, now: Date): InStatement {
  const since = usedSince.toISOString();
  return {
    sql: `WITH kept AS (
            SELECT key, used_at, sum(stored_bytes) OVER (ORDER BY used_at DESC, key) AS total
            FROM snapshots WHERE expired_at IS NULL AND used_at >= ?
          )
          UPDATE snapshots SET expired_at = ?
          WHERE expired_at IS NULL AND (used_at < ? OR key IN (SELECT key FROM kept WHERE total > ?))`,
    args: [since, now.toISOString(), since, maxBytes],
  };
}

/** Pages of what expired, and of uploads that never became anything. */
async function sweep(
  execute: (statement: InStatement, signal?: AbortSignal) => Promise<{ readonly rowsAffected: number }>,
  { uploadedSince }: SnapshotRetention,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sweeping = {
    sql: `DELETE FROM snapshot_pages WHERE rowid IN (
            SELECT p.rowid FROM snapshot_pages AS p
            JOIN (SELECT upload, max(saved_at) AS last_at FROM snapshot_pages GROUP BY upload) AS u
              ON u.upload = p.upload
            LEFT JOIN snapshots AS s ON s.upload = p.upload
            WHERE s.expired_at IS NOT NULL OR (s.key IS NULL AND u.last_at < ?)
            LIMIT ?)`,
    args: [uploadedSince.toISOString(), PAGES_PER_DELETE],
  };
  for (;;) {
    const { rowsAffected } = await execute(sweeping, signal);
    if (rowsAffected < PAGES_PER_DELETE) return;
  }
}

function toKnownSnapshot(row: Row): KnownSnapshot {
  const { key, format, created_at: createdAt, used_at: usedAt, spans, bytes, pages, expired_at: expiredAt } = row;
  const snapshot = Snapshot.parse({ key, format, createdAt, usedAt, spans, bytes, pages });
  return typeof expiredAt === 'string' ? { snapshot, expiredAt } : { snapshot };
}
