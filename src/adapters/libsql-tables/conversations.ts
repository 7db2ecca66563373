import type { Migration } from './migration.ts';

/** Questions and answers, turn by turn. */
export const conversations: Migration = {
  name: 'conversations',
  statements: [
    `CREATE TABLE conversation_turns (
       number INTEGER PRIMARY KEY NOT NULL,
       conversation TEXT NOT NULL,
       namespace TEXT NOT NULL,
       said_at TEXT NOT NULL,
       record TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX turns_of_conversation ON conversation_turns (conversation, namespace, number)',
  ],
};
