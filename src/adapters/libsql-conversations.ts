import type { ConversationTurn } from '../domain/conversation.ts';
import type { ConversationStore } from '../ports/conversation.ts';
import { LibsqlConnection, type LibsqlOptions } from './libsql-connection.ts';

/** Conversations in the casebook's database, which several replicas share. */
export function createLibsqlConversations(place: LibsqlOptions | LibsqlConnection): ConversationStore {
  const connection = place instanceof LibsqlConnection ? place : new LibsqlConnection(place);
  return {
    async saveTurn({ id, namespace }, turn, signal) {
      const statement = {
        sql: 'INSERT INTO conversation_turns (conversation, namespace, said_at, record) VALUES (?, ?, ?, ?)',
        args: [id, namespace, turn.at, JSON.stringify(turn)],
      };
      await connection.call((client) => client.execute(statement), { signal });
    },
    async findTurns(id, namespace, limit, signal) {
      if (!signal?.aborted && connection.isUnwritten()) return undefined;
      // At least one, by which a conversation is told from none.
      const statement = {
        sql: `SELECT record FROM conversation_turns WHERE conversation = ? AND namespace = ?
              ORDER BY number DESC LIMIT max(?, 1)`,
        args: [id, namespace, limit],
      };
      const { rows } = await connection.call((client) => client.execute(statement), { signal });
      if (rows.length === 0) return undefined;
      // Written by saveTurn, from a ConversationTurn.
      const turns = rows.map((row) => JSON.parse(String(row['record'])) as ConversationTurn);
      return turns.slice(0, Math.max(0, limit)).reverse();
    },
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}
