import { expect, it } from 'vitest';
import { parseEntityRef, toApiKey } from './entity-ref.ts';

it.each([
  ['web', undefined, 'here', 'web'],
  ['component:web', 'component', 'here', 'web'],
  ['Component:web', 'component', 'here', 'web'],
  ['shop/web', undefined, 'shop', 'web'],
  [' resource:shop/web.db ', 'resource', 'shop', 'web.db'],
  [{ kind: 'API', namespace: 'shop', name: 'pay' }, 'api', 'shop', 'pay'],
  [{ name: 'pay' }, undefined, 'here', 'pay'],
])('%j is %s, %s, %s', (ref, kind, namespace, name) => {
  expect(parseEntityRef(ref, 'here')).toEqual({ kind, namespace, name });
});

it.each(['', ':', 'a:', '/web', 'a:b:c', 'a/b/c', 'a/b:c', 7, null, undefined, {}, { name: 7 }, ['web']])(
  '%j names no entity',
  (ref) => {
    expect(parseEntityRef(ref, 'here')).toBeUndefined();
  },
);

it('compares APIs in lower case', () => {
  expect(toApiKey({ namespace: 'Shop', name: 'Pay' })).toBe('shop/pay');
});
