import type { Migration } from './migration.ts';

/** Messages to be sent, and what became of them. */
export const deliveries: Migration = {
  name: 'deliveries',
  statements: [
    `CREATE TABLE deliveries (
       number INTEGER PRIMARY KEY NOT NULL,
       id TEXT NOT NULL UNIQUE,
       namespace TEXT NOT NULL,
       destination TEXT NOT NULL,
       event TEXT NOT NULL,
       subject TEXT NOT NULL,
       status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'dead')),
       attempts INTEGER NOT NULL DEFAULT 0,
       created_at TEXT NOT NULL,
       next_at TEXT,
       delivered_at TEXT,
       last_error TEXT,
       sender TEXT,
       held_until TEXT,
       CHECK ((next_at IS NOT NULL) = (status = 'waiting'))
     ) STRICT`,
    `CREATE INDEX deliveries_due ON deliveries (next_at, number) WHERE status = 'waiting'`,
    `CREATE INDEX deliveries_due_at ON deliveries (destination, next_at, number) WHERE status = 'waiting'`,
    'CREATE INDEX deliveries_by_time ON deliveries (created_at, number)',
    'CREATE INDEX deliveries_by_status ON deliveries (status, created_at, number)',
  ],
};
