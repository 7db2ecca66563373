import { describe, expect, it } from 'vitest';
import { DOCUMENT_KINDS } from './document.ts';
import { SearchRequest, TraceDigestInput } from './request.ts';

const ask = (more: object) => SearchRequest.safeParse({ query: 'latency', ...more });
const complaintOf = (more: object) => ask(more).error?.issues[0]?.message;

describe('a search request', () => {
  it('asks each kind once, however often it is named, and every kind when none is', () => {
    expect(ask({ kinds: ['incident', 'runbook', 'incident'] }).data?.kinds).toEqual(['incident', 'runbook']);
    expect(ask({}).data?.kinds).toEqual(DOCUMENT_KINDS);
  });

  it('leaves each part out once', () => {
    expect(ask({ without: ['dense', 'dense'] }).data?.without).toEqual(['dense']);
    expect(ask({}).data).not.toHaveProperty('without');
  });

  it.each([
    ['kinds', 'incident', 'at most 50 may be listed: name each once'],
    ['without', 'dense', 'at most 50 may be listed: name each once'],
    ['services', 'db', 'name at most 100, or leave the filter out'],
    ['categories', 'dns', 'name at most 100, or leave the filter out'],
  ])('refuses %s without end, and says how to mend it', (field, word, message) => {
    expect(complaintOf({ [field]: Array.from({ length: 20_000 }, () => word) })).toBe(message);
  });

  it.each(['services', 'categories'])('refuses a filter by %s that names nothing', (field) => {
    expect(complaintOf({ [field]: [] })).toBe('name at least one, or leave the filter out');
    expect(complaintOf({ [field]: [' '] })).toBe('a name is needed: leave the filter out to search everywhere');
    expect(ask({ [field]: [' db '] }).data).toMatchObject({ [field]: ['db'] });
  });
});

describe('a digest made elsewhere', () => {
  it('needs of a suspect its service alone', () => {
    expect(TraceDigestInput.parse({ suspects: [{ service: 'db' }] }).suspects).toMatchObject([{ service: 'db' }]);
  });

  it('does not tell of one suspect without end', () => {
    const suspect = { service: 'db', reasons: Array.from({ length: 51 }, () => 'slow') };
    expect(TraceDigestInput.safeParse({ suspects: [suspect] }).success).toBe(false);
    expect(TraceDigestInput.safeParse({ suspects: [{ service: 'x'.repeat(501) }] }).success).toBe(false);
  });
});
