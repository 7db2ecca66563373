import type { Migration } from './migration.ts';

/** Tokens, which are known by a hash alone, and the log of who changed what: its rows are never changed. */
export const access: Migration = {
  name: 'access',
  statements: [
    `CREATE TABLE access_tokens (
       number INTEGER PRIMARY KEY NOT NULL,
       id TEXT NOT NULL UNIQUE,
       hash TEXT NOT NULL UNIQUE,
       name TEXT NOT NULL,
       namespace TEXT NOT NULL,
       scopes TEXT NOT NULL,
       created_at TEXT NOT NULL,
       expires_at TEXT,
       revoked_at TEXT
     ) STRICT`,
    `CREATE TABLE audit_entries (
       number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
       at TEXT NOT NULL,
       who TEXT NOT NULL,
       namespace TEXT NOT NULL,
       action TEXT NOT NULL,
       target TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX audit_of_namespace ON audit_entries (namespace, number)',
    `CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries
       BEGIN SELECT raise(ABORT, 'the audit log is only ever added to'); END`,
    `CREATE TRIGGER audit_entries_are_kept BEFORE DELETE ON audit_entries
       BEGIN SELECT raise(ABORT, 'the audit log is only ever added to'); END`,
  ],
};
