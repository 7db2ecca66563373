import type { Span } from '../../domain/trace.ts';

export type PeerName = NonNullable<Span['peer']>;

/** Best first; the later name of the same attribute follows the earlier one. */
const PEER_NAMES = ['peer.service', 'service.peer.name'];
const DATABASE_NAMES = ['db.name', 'db.namespace', 'db.instance', 'db.system', 'db.system.name', 'db.type'];
/** A service's name is a word; what is longer is a connection string or worse. */
const MAX_NAME = 100;

/**
 * Whom a span that calls says it calls: the only trace of a callee that sends no spans of its own. `peer.service`, then
 * the database's name, then its make (the order of Tempo's service graphs), then `fallback`.
 */
export function peerOf(
  { kind, service }: Pick<Span, 'kind' | 'service'>,
  attribute: (name: string) => unknown,
  fallback?: unknown,
): PeerName | undefined {
  if (kind !== 'client' && kind !== 'producer') return undefined;
  const database = nameIn(DATABASE_NAMES, attribute, service);
  const peer = nameIn(PEER_NAMES, attribute, service) ?? database ?? fallback;
  return isName(peer) ? { service: peer, isData: database !== undefined } : undefined;
}

/** A service and its database often share a name; then the database's make tells the two apart. */
function nameIn(names: readonly string[], attribute: (name: string) => unknown, service: string): string | undefined {
  for (const name of names) {
    const value = attribute(name);
    if (isName(value) && value !== service) return value;
  }
  return undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME;
}
