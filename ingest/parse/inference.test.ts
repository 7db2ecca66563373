import { describe, expect, it } from 'vitest';
import { inferCategory } from './category.ts';
import { findServiceMentions } from './named-services.ts';
import { parseProse } from './parse.ts';
import { findSeverity } from './severity.ts';

describe('what nobody stated', () => {
  const inferredOf = (text: string, kind: 'runbook' | 'incident' = 'incident') => {
    const name = 'web/2026-03-01-x';
    const file = { path: `${kind}s/${name}.md`, source: '', name, id: name, kind, sha: 'f00d', text, problems: [] };
    return parseProse(file).documents[0]?.inferred;
  };

  it('is named, field by field', () => {
    expect(inferredOf('Text.')).toEqual(['date', 'title']);
    expect(inferredOf('# X\n\n- Services: web\n- Severity: high\n\n## Root cause\n\nThe disk was full.')).toEqual([
      ...['category', 'date', 'rootCause', 'services', 'severity'],
    ]);
    expect(inferredOf('# X\n\nText.', 'runbook')).toEqual(['services']);
  });

  it('is nothing where the front matter says it all', () => {
    expect(inferredOf('---\ntitle: X\ndate: 2026-01-01\nservices: []\n---\n\nText.')).toEqual([]);
  });
});

describe('a severity in a text', () => {
  it.each([
    ['SEV1: nobody could pay', 'SEV1'],
    ['it was a sev-2', 'sev-2'],
    ['a P2 incident', 'P2'],
    ['Severity: high', 'high'],
    ['**Severity:** `critical`', 'critical'],
    ['the severity was major', 'major'],
  ])('%j', (text, severity) => {
    expect(findSeverity([text])).toBe(severity);
  });

  it.each(['P99 was high', 'busy with other severity 1 work', 'several', 'P1-42 is a ticket'])('not in %j', (text) => {
    expect(findSeverity([text])).toBeUndefined();
  });
});

describe('services in a text', () => {
  it('are those that it calls so and marks as code', () => {
    expect(findServiceMentions('The `web` service and the service `db`, the `cart` microservice, `ls`.')).toEqual([
      ...['web', 'cart', 'db'],
    ]);
    expect(findServiceMentions('the web service; `kubectl get services`')).toEqual([]);
  });
});

describe('a root-cause category', () => {
  it.each([
    ['The TLS certificate of the gateway had expired.', 'certificate-expiry'],
    ['The volume was full, no space left on device.', 'disk-full'],
    ['A memory leak in the worker.', 'memory-leak'],
    ['DNS resolution failed for every pod.', 'dns'],
    ['Traffic doubled after the campaign.', 'load-spike'],
    ['A wrong setting in the proxy.', 'config-change'],
    ['The release contained a bug.', 'bad-release'],
    ['Somebody accidentally deleted the table.', 'human-error'],
    ['Packet loss between two zones.', 'network'],
    ['The upstream provider was down.', 'dependency-failure'],
    ['The primary database crashed.', 'database'],
    ['There was not enough CPU.', 'capacity'],
  ])('%s', (cause, category) => {
    expect(inferCategory([cause])).toBe(category);
  });

  it.each([
    'The queue was purged.',
    'The disks were 61 % full.',
    'The team read the release notes of the database.',
    'A memory leak filled the disk full.',
  ])('is none where the words are vague or fit several: %s', (cause) => {
    expect(inferCategory([cause])).toBeUndefined();
  });
});
