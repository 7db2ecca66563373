import { describe, expect, it } from 'vitest';
import type { CausalEdge } from '../../domain/trace.ts';
import { findGroundingCap } from './grounding.ts';

const edge = (from: string, to: string, verified: CausalEdge['verified'] = 'span'): CausalEdge => ({
  from,
  to,
  verified,
});

describe('a grounding cap', () => {
  it('comes from a link that nobody saw or declared on the way to the service named, and says which', () => {
    const partly = findGroundingCap([edge('web', 'orders'), edge('orders', 'db', 'unverified')], 'db');
    const wholly = findGroundingCap([edge('web', 'db', 'unverified')], 'db');
    expect(partly?.most).toBeLessThan(0.9);
    expect(wholly?.most).toBeLessThan(partly?.most ?? 0);
    expect(partly?.reason).toContain('that orders calls db');
  });

  it('is none where all links were seen or declared, or no path leads there', () => {
    const path = [edge('web', 'orders', 'topology'), edge('orders', 'db', 'unverified')];
    expect(findGroundingCap(path, 'orders')).toBeUndefined();
    expect(findGroundingCap(path, 'stock')).toBeUndefined();
    expect(findGroundingCap(path, null)).toBeUndefined();
    expect(findGroundingCap([], 'db')).toBeUndefined();
  });
});
