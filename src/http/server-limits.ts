import type { Server, ServerOptions } from 'node:http';

/**
 * How long a caller may take and how much a head may hold, so that slow or silent ones cannot keep connections for ever.
 * Whole requests may take long: a body of traces over a slow line is work, not an attack; its size is bounded by itself.
 */
export const SERVER_LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
  // Two bodies in one request, one of which a proxy before us does not see: never guessed at.
  insecureHTTPParser: false,
  requireHostHeader: true,
} as const satisfies ServerOptions;

/** Far more than senders and people open, and well below what a process may have of files. */
const MAX_CONNECTIONS = 2_000;

/** How long a caller may leave an answer unread. */
const UNREAD_MS = 120_000;

/** What the options of a server cannot say. `answerMs` is what an answer may take to begin; nothing moves meanwhile. */
export function limitServer(server: Server, answerMs: number, { unreadMs = UNREAD_MS } = {}): void {
  server.maxConnections = MAX_CONNECTIONS;
  // A caller who reads nothing, or is gone without a word, holds what was written for them.
  server.setTimeout(answerMs + unreadMs, (socket) => socket.destroy());
}
