import { expect, it } from 'vitest';
import { peerOf } from './peer.ts';

const peer = (tags: Readonly<Record<string, unknown>>, kind: 'client' | 'producer' | 'server' = 'client') =>
  peerOf({ kind, service: 'orders' }, (name) => tags[name]);

it.each([
  [{ 'peer.service': 'payments' }, { service: 'payments', isData: false }],
  [{ 'service.peer.name': 'payments' }, { service: 'payments', isData: false }],
  [
    { 'peer.service': 'carts-db', 'db.name': 'carts', 'db.system': 'redis' },
    { service: 'carts-db', isData: true },
  ],
  [
    { 'db.name': 'carts', 'db.system': 'redis' },
    { service: 'carts', isData: true },
  ],
  [{ 'db.system': 'redis' }, { service: 'redis', isData: true }],
  // A service and its database often share a name: the make tells them apart.
  [
    { 'db.name': 'orders', 'db.system': 'postgresql' },
    { service: 'postgresql', isData: true },
  ],
  [
    { 'db.name': 'postgres://u:p@db/'.repeat(20), 'db.system': 'postgresql' },
    { service: 'postgresql', isData: true },
  ],
  [{ 'peer.service': '' }, undefined],
  [{ 'peer.service': 7 }, undefined],
  [{}, undefined],
])('a client with %j calls %j', (tags, expected) => {
  expect(peer(tags)).toEqual(expected);
});

it('only who calls has somebody it calls', () => {
  expect(peer({ 'peer.service': 'web' }, 'server')).toBeUndefined();
  expect(peer({ 'peer.service': 'queue' }, 'producer')).toEqual({ service: 'queue', isData: false });
});
