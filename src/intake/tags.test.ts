import { describe, expect, it } from 'vitest';
import { readTags } from './tags.ts';

describe('tags', () => {
  it('are pairs and words, in one text or in a list', () => {
    const expected = { labels: { service: 'web', url: 'http://a:1' }, bare: ['urgent'] };
    expect(readTags(' service:web, url:http://a:1 ,urgent,,service:api')).toEqual(expected);
    expect(readTags(['service:web', 'url:http://a:1', 'urgent', null])).toEqual(expected);
  });

  it('are words when one side is missing, and nothing when they are something else', () => {
    expect(readTags(':a,b:,c')).toEqual({ labels: {}, bare: [':a', 'b:', 'c'] });
    for (const other of [undefined, null, 7, {}]) expect(readTags(other)).toEqual({ labels: {}, bare: [] });
  });

  it('are bounded in number', () => {
    expect(readTags('x,'.repeat(50_000)).bare).toHaveLength(200);
  });
});
