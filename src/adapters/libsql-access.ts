import type { InStatement, Row } from '@libsql/client';
import { AccessToken, AuditEntry } from '../domain/access.ts';
import type { AccessStore } from '../ports/access.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';

/** Tokens and the audit log in the casebook's database, which several replicas share. */
export function createLibsqlAccess(place: LibsqlOptions | LibsqlConnection): AccessStore {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  const execute = (statement: InStatement, signal?: AbortSignal) =>
    connection.call((client) => client.execute(statement), { signal });
  const read = async (statement: InStatement, signal?: AbortSignal): Promise<readonly Row[]> =>
    !signal?.aborted && connection.isUnwritten() ? [] : (await execute(statement, signal)).rows;
  return {
    async saveToken(token, hash, signal) {
      await execute(saveToken(token, hash), signal);
    },
    async findToken(hash, signal) {
      const [row] = await read({ sql: 'SELECT * FROM access_tokens WHERE hash = ?', args: [hash] }, signal);
      return row && toToken(row);
    },
    listTokens: async (signal) =>
      (await read('SELECT * FROM access_tokens ORDER BY created_at DESC, number DESC', signal)).map(toToken),
    endToken: async (id, how, signal) => (await execute(endToken(id, how), signal)).rowsAffected > 0,
    hasTokens: async (signal) => (await read('SELECT 1 FROM access_tokens LIMIT 1', signal)).length > 0,
    async addAudit(entry, signal) {
      await execute(addAudit(entry), signal);
    },
    listAudit: async (filter, signal) => (await read(listAudit(filter), signal)).map(toEntry),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

function saveToken({ id, name, namespace, scopes, ...token }: AccessToken, hash: string): InStatement {
  const { createdAt, expiresAt = null, revokedAt = null } = token;
  return {
    sql: `INSERT INTO access_tokens (id, hash, name, namespace, scopes, created_at, expires_at, revoked_at)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    args: [id, hash, name, namespace, JSON.stringify(scopes), createdAt, expiresAt, revokedAt],
  };
}

/** An end that comes earlier stays. */
function endToken(id: string, how: Parameters<AccessStore['endToken']>[1]): InStatement {
  if ('revokedAt' in how) {
    const moment = how.revokedAt.toISOString();
    return {
      sql: `UPDATE access_tokens SET revoked_at = ?
            WHERE id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)`,
      args: [moment, id, moment],
    };
  }
  const moment = how.expiresAt.toISOString();
  return {
    sql: 'UPDATE access_tokens SET expires_at = min(coalesce(expires_at, ?), ?) WHERE id = ? AND revoked_at IS NULL',
    args: [moment, moment, id],
  };
}

function addAudit({ at, who, namespace, action, target }: AuditEntry): InStatement {
  return {
    sql: 'INSERT INTO audit_entries (at, who, namespace, action, target) VALUES (?, ?, ?, ?, ?)',
    args: [at, who, namespace, action, target],
  };
}

function listAudit({ namespace, limit, before }: Parameters<AccessStore['listAudit']>[0]): InStatement {
  const wanted = [namespace !== undefined && 'namespace = ?', before !== undefined && 'number < ?'].filter(Boolean);
  return {
    sql: `SELECT * FROM audit_entries ${wanted.length === 0 ? '' : `WHERE ${wanted.join(' AND ')}`}
          ORDER BY number DESC LIMIT ?`,
    args: [...(namespace === undefined ? [] : [namespace]), ...(before === undefined ? [] : [before]), limit],
  };
}

function toToken(row: Row): AccessToken {
  const { id, name, namespace, created_at: createdAt } = row;
  const scopes: unknown = JSON.parse(String(row['scopes']));
  const { expires_at: expiresAt, revoked_at: revokedAt } = row;
  return AccessToken.parse({
    id,
    name,
    namespace,
    scopes,
    createdAt,
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(revokedAt === null ? {} : { revokedAt }),
  });
}

function toEntry(row: Row): AuditEntry & { readonly number: number } {
  const { at, who, namespace, action, target } = row;
  return { ...AuditEntry.parse({ at, who, namespace, action, target }), number: Number(row['number']) };
}
