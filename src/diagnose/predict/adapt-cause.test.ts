import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adaptCause, namesService } from './adapt-cause.ts';

describe('words about one service told for another', () => {
  it.each([
    ['The pool of orders was empty.', 'The pool of payments was empty.'],
    ['orders-0 and orders-12 ran out of memory.', 'payments-0 and payments-12 ran out of memory.'],
    ['Orders waited; `orders` restarted.', 'payments waited; `payments` restarted.'],
    ["orders' threads, (orders), orders.", "payments' threads, (payments), payments."],
  ])('names the new one: %s', (text, adapted) => {
    expect(adaptCause(text, 'orders', 'payments')).toBe(adapted);
  });

  it.each([
    'The reorders service and orders-db were slow.',
    'my-orders, orders_old and orders-v2 were slow.',
    'See https://example.com/orders and runbooks/orders.md.',
    'It answered at orders.shop.svc and registry.example.com/orders:1.2.',
    'Mended by `kubectl rollout restart deploy orders`.',
    'Set app=orders and orders=0.',
    'Somebody ran kubectl scale deployment orders --replicas=0 at noon.',
    'It came back after systemctl restart orders.',
  ])('leaves what is not the name of the service: %s', (text) => {
    expect(adaptCause(text, 'orders', 'payments')).toBe(text);
  });

  it('leaves a story in which both play a part, for nobody knows whose part is whose', () => {
    const text = 'orders called payments too often.';
    expect(adaptCause(text, 'orders', 'payments')).toBe(text);
  });

  it('takes names as they are, whatever characters they hold', () => {
    expect(adaptCause('a.b (x+) was slow', 'a.b', '$&')).toBe('$& (x+) was slow');
    expect(adaptCause('x was slow', '', 'y')).toBe('x was slow');
    expect(namesService('the (x+ pool', 'x+')).toBe(true);
  });

  it('changes nothing but that name', () => {
    const word = fc.constantFrom(
      'orders',
      'orders-3',
      'slow',
      'pool',
      'db.',
      'the',
      '\n',
      '`orders`',
      '`rm orders`',
      ',',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        const adapted = adaptCause(text, 'orders', 'payments');
        expect(adapted.replaceAll('payments', 'orders')).toBe(text);
      }),
    );
  });

  it('comes back from a hostile text', { timeout: 2_000 }, () => {
    expect(adaptCause('orders-'.repeat(50_000), 'orders', 'payments')).toContain('orders');
    expect(adaptCause('`'.repeat(100_001), 'orders', 'payments')).toHaveLength(100_001);
  });
});
