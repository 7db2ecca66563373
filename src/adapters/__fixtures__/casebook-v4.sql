-- A casebook as version 4 of its tables left it. Never edited: what was released keeps its meaning.
CREATE TABLE migrations (
       number INTEGER PRIMARY KEY NOT NULL,
       name TEXT NOT NULL,
       applied_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
     ) STRICT;
CREATE TABLE diagnoses (
         id TEXT PRIMARY KEY NOT NULL,
         status TEXT NOT NULL CHECK (status IN ('pending', 'done', 'failed')),
         created_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT;
CREATE INDEX diagnoses_created_at ON diagnoses (created_at);
CREATE TABLE verdicts (
         number INTEGER PRIMARY KEY NOT NULL,
         diagnosis_id TEXT NOT NULL,
         diagnosed_at TEXT,
         person TEXT NOT NULL,
         said TEXT NOT NULL,
         record TEXT NOT NULL,
         ended_at TEXT,
         ended_how TEXT CHECK (ended_how IN ('superseded', 'withdrawn')),
         CHECK ((ended_at IS NULL) = (ended_how IS NULL))
       ) STRICT;
CREATE UNIQUE INDEX verdicts_one_each ON verdicts (diagnosis_id, person) WHERE ended_at IS NULL;
CREATE INDEX verdicts_of_diagnosis ON verdicts (diagnosis_id, ended_at);
CREATE INDEX verdicts_by_time ON verdicts (diagnosed_at, diagnosis_id) WHERE ended_at IS NULL;
CREATE TABLE snapshots (
         key TEXT PRIMARY KEY NOT NULL,
         upload TEXT NOT NULL UNIQUE,
         format TEXT NOT NULL,
         created_at TEXT NOT NULL,
         used_at TEXT NOT NULL,
         spans INTEGER NOT NULL,
         bytes INTEGER NOT NULL,
         pages INTEGER NOT NULL,
         stored_bytes INTEGER NOT NULL,
         expired_at TEXT
       ) STRICT;
CREATE INDEX snapshots_by_use ON snapshots (used_at) WHERE expired_at IS NULL;
CREATE TABLE snapshot_pages (
         upload TEXT NOT NULL,
         page INTEGER NOT NULL,
         saved_at TEXT NOT NULL,
         stored_bytes INTEGER NOT NULL,
         content BLOB NOT NULL,
         PRIMARY KEY (upload, page)
       ) STRICT;
CREATE INDEX snapshot_pages_by_upload ON snapshot_pages (upload, saved_at, stored_bytes);
INSERT INTO migrations (number, name, applied_at) VALUES (1, 'diagnoses', '2026-04-01 10:00:00');
INSERT INTO migrations (number, name, applied_at) VALUES (2, 'verdicts', '2026-04-01 10:00:00');
INSERT INTO migrations (number, name, applied_at) VALUES (3, 'snapshots', '2026-04-01 10:00:00');
INSERT INTO diagnoses (id, status, created_at, record) VALUES ('d1', 'done', '2026-03-01T10:00:00.000Z', '{"status":"done","id":"d1","createdAt":"2026-03-01T10:00:00.000Z","diagnosis":{"id":"d1","kind":"abstained","reason":"no-precedent","engine":"precedent","rootCause":{"service":null,"category":"unseen","summary":"No precedent — \"nothing\" like it."},"hypotheses":[],"mitigation":[],"precedents":[],"runbooks":[],"suspects":[],"causalPath":[],"digest":null,"confidence":{"coe":0.1,"rce":0,"raw":0.05,"calibrated":null,"service":null,"category":null,"n":0,"method":"uncalibrated","reasons":["nothing similar happened before"]},"provenance":{"generation":"g1","knowledgeSha":null,"model":{"id":"runbook-embed-small","checksum":"c0ffee","dimension":256},"timings":{"retrieve":12.5}},"situation":{"text":"No space left on \"db\".","alertNames":["DiskFull"],"services":["db"],"signals":[]},"createdAt":"2026-03-01T10:00:00.000Z"}}');
INSERT INTO diagnoses (id, status, created_at, record) VALUES ('d2', 'failed', '2026-03-01T10:00:00.000Z', '{"status":"failed","id":"d2","createdAt":"2026-03-01T10:00:00.000Z","code":"index-unavailable","detail":"Chroma cannot be reached"}');
INSERT INTO verdicts (number, diagnosis_id, diagnosed_at, person, said, record, ended_at, ended_how) VALUES (1, 'd1', '2026-03-01T10:00:00.000Z', 'ana', '["confirmed",null,null,null]', '{"diagnosisId":"d1","by":"ana","verdict":"confirmed","at":"2026-03-02T10:00:00.000Z"}', '2026-03-03T10:00:00.000Z', 'superseded');
INSERT INTO verdicts (number, diagnosis_id, diagnosed_at, person, said, record, ended_at, ended_how) VALUES (2, 'd1', '2026-03-01T10:00:00.000Z', 'ana', '["rejected",null,null,null]', '{"diagnosisId":"d1","by":"Ana","verdict":"rejected","at":"2026-03-03T10:00:00.000Z"}', NULL, NULL);
INSERT INTO snapshots (key, upload, format, created_at, used_at, spans, bytes, pages, stored_bytes, expired_at) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'u', 'zipkin', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z', 1, 9, 1, 2, NULL);
INSERT INTO snapshot_pages (upload, page, saved_at, stored_bytes, content) VALUES ('u', 1, '2026-03-01T00:00:00.000Z', 2, x'0102');
CREATE TABLE backtest_runs (
         run TEXT PRIMARY KEY NOT NULL,
         key TEXT NOT NULL,
         began_at TEXT NOT NULL
       ) STRICT;
CREATE TABLE backtest_outcomes (
         number INTEGER PRIMARY KEY NOT NULL,
         run TEXT NOT NULL,
         incident TEXT NOT NULL,
         saved_at TEXT NOT NULL,
         record TEXT NOT NULL,
         UNIQUE (run, incident)
       ) STRICT;
CREATE INDEX backtest_outcomes_in_order ON backtest_outcomes (run, number);
CREATE TABLE calibrations (
         number INTEGER PRIMARY KEY NOT NULL,
         id TEXT NOT NULL UNIQUE,
         engine TEXT NOT NULL,
         fitted_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT;
CREATE INDEX calibrations_by_time ON calibrations (engine, fitted_at, number);
CREATE TABLE backtest_reports (
         number INTEGER PRIMARY KEY NOT NULL,
         id TEXT NOT NULL UNIQUE,
         engine TEXT NOT NULL,
         ran_at TEXT NOT NULL,
         record TEXT NOT NULL
       ) STRICT;
CREATE INDEX backtest_reports_by_time ON backtest_reports (engine, ran_at, number);
INSERT INTO migrations (number, name, applied_at) VALUES (4, 'backtests', '2026-05-01 10:00:00');
INSERT INTO backtest_reports (number, id, engine, ran_at, record) VALUES (1, 'r1', 'precedent', '2026-05-01T10:00:00.000Z', '{"id":"r1","engine":"precedent"}');
