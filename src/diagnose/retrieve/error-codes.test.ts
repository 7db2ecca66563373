import { expect, it } from 'vitest';
import { listErrorCodes } from './error-codes.ts';

it.each([
  ['error E42 in the log', ['e42']],
  ['ORA-00942: table or view does not exist', ['ora-00942']],
  ['connect ECONNREFUSED 10.0.0.1:5432', ['econnrefused']],
  ['write failed: ENOSPC, then EIO', ['enospc', 'eio']],
  ['exit 0x80070005', ['0x80070005']],
  ['SQLSTATE[40001]: serialization failure', ['sqlstate-40001']],
  ['ERROR 1213 is not a code by itself, ER_1213 is', ['er-1213']],
  ['TLS_13 and TLS-13', ['tls-13']],
])('of "%s" are %j', (text, codes) => {
  expect(listErrorCodes(text)).toEqual(codes);
});

it.each(['p99 is 3 s', 'P99 and P1', 'UTF8', 'SHA256 of it', 'EVERY WORD SHOUTED', 'the 503s', ''])(
  'are none of "%s"',
  (text) => {
    expect(listErrorCodes(text)).toEqual([]);
  },
);
