import type { Migration } from './migration.ts';

/** Alerts as they came, the occurrences and outages that they belong to, and who works on them. Nothing is ever deleted. */
export const intake: Migration = {
  name: 'intake',
  statements: [
    // Whoever accepts alerts goes by what is known, and changes it: a second one at the same moment looks again.
    `CREATE TABLE intake_versions (
       one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
       version INTEGER NOT NULL
     ) STRICT`,
    'INSERT INTO intake_versions (one, version) VALUES (1, 0)',
    // Without an occurrence: over before anybody told of it. Without an end: it fires.
    `CREATE TABLE alerts (
       number INTEGER PRIMARY KEY NOT NULL,
       namespace TEXT NOT NULL,
       sender TEXT NOT NULL,
       fingerprint TEXT NOT NULL,
       starts_at TEXT NOT NULL,
       occurrence TEXT,
       received_at TEXT NOT NULL,
       ends_at TEXT,
       filtered_by TEXT,
       record TEXT NOT NULL,
       UNIQUE (namespace, sender, fingerprint, starts_at)
     ) STRICT`,
    'CREATE INDEX alerts_of_occurrence ON alerts (occurrence, starts_at, number)',
    'CREATE INDEX alerts_firing ON alerts (namespace, sender, fingerprint) WHERE ends_at IS NULL',
    'CREATE INDEX alerts_by_time ON alerts (received_at, number) WHERE occurrence IS NOT NULL',
    // `diagnosis` is not that of an outage's member: its outage knows.
    `CREATE TABLE occurrences (
       number INTEGER PRIMARY KEY NOT NULL,
       id TEXT NOT NULL UNIQUE,
       namespace TEXT NOT NULL,
       sender TEXT NOT NULL,
       group_key TEXT NOT NULL,
       status TEXT NOT NULL CHECK (status IN ('queued', 'waiting', 'answered', 'failed', 'filtered')),
       received_at TEXT NOT NULL,
       started_at TEXT NOT NULL,
       resolved_at TEXT,
       told_at TEXT NOT NULL,
       firing INTEGER NOT NULL CHECK (firing >= 0),
       last_end TEXT,
       filtered_by TEXT,
       situation_key TEXT NOT NULL,
       situation TEXT NOT NULL,
       because TEXT CHECK (because IN ('own', 'identical', 'outage')),
       diagnosis TEXT,
       outage TEXT,
       joined_at TEXT,
       joined_order INTEGER,
       joined_because TEXT,
       joined_reason TEXT,
       services TEXT NOT NULL DEFAULT '[]'
     ) STRICT`,
    `CREATE UNIQUE INDEX occurrences_one_open_each ON occurrences (namespace, sender, group_key)
       WHERE resolved_at IS NULL`,
    `CREATE INDEX occurrences_queued ON occurrences (number) WHERE status = 'queued'`,
    'CREATE INDEX occurrences_lone ON occurrences (received_at, number) WHERE outage IS NULL',
    'CREATE INDEX occurrences_of_diagnosis ON occurrences (diagnosis)',
    'CREATE INDEX occurrences_of_outage ON occurrences (outage, joined_at, joined_order) WHERE outage IS NOT NULL',
    // `diagnosis` is the newest that is done, `task` the newest that was begun.
    `CREATE TABLE outages (
       number INTEGER PRIMARY KEY NOT NULL,
       id TEXT NOT NULL UNIQUE,
       namespace TEXT NOT NULL,
       storm INTEGER NOT NULL,
       opened_at TEXT NOT NULL,
       last_joined_at TEXT NOT NULL,
       resolved_at TEXT,
       diagnosed_count INTEGER NOT NULL DEFAULT 0,
       last_diagnosed_at TEXT,
       diagnosis TEXT,
       diagnosis_number INTEGER,
       task TEXT
     ) STRICT`,
    'CREATE INDEX outages_open ON outages (last_joined_at) WHERE resolved_at IS NULL',
    'CREATE INDEX outages_by_time ON outages (opened_at, number)',
    'CREATE INDEX outages_of_diagnosis ON outages (diagnosis)',
    'CREATE INDEX outages_of_task ON outages (task)',
    `CREATE TABLE diagnosis_tasks (
       number INTEGER PRIMARY KEY NOT NULL,
       id TEXT NOT NULL UNIQUE,
       namespace TEXT NOT NULL,
       subject_kind TEXT NOT NULL CHECK (subject_kind IN ('occurrence', 'outage')),
       subject TEXT NOT NULL,
       situation_key TEXT,
       state TEXT NOT NULL DEFAULT 'ready' CHECK (state IN ('ready', 'done', 'failed')),
       owner TEXT,
       lease_until TEXT,
       not_before TEXT,
       attempts INTEGER NOT NULL DEFAULT 0,
       lost INTEGER NOT NULL DEFAULT 0,
       created_at TEXT NOT NULL,
       finished_at TEXT
     ) STRICT`,
    `CREATE INDEX diagnosis_tasks_ready ON diagnosis_tasks (number) WHERE state = 'ready'`,
    'CREATE INDEX diagnosis_tasks_of_subject ON diagnosis_tasks (subject, state)',
    'CREATE INDEX diagnosis_tasks_by_time ON diagnosis_tasks (created_at, namespace)',
    `CREATE INDEX diagnosis_tasks_of_situation ON diagnosis_tasks (situation_key, finished_at)
       WHERE state = 'done' AND situation_key IS NOT NULL`,
    `CREATE TABLE turns (
       name TEXT PRIMARY KEY NOT NULL,
       owner TEXT NOT NULL,
       held_until TEXT NOT NULL
     ) STRICT`,
  ],
};
