import { describe, expect, it } from 'vitest';
import { renderFindings } from './annotations.ts';
import type { Finding } from './finding.ts';

const WARNING: Finding = {
  path: 'runbooks/web/A.md',
  line: 7,
  rule: 'too-short',
  severity: 'warning',
  message: '5 % more\nwould do: a, b',
};
const ERROR: Finding = {
  ...WARNING,
  path: 'runbooks/web/B, C: D.md',
  line: 1,
  rule: 'unclosed-fence',
  severity: 'error',
};

describe('findings', () => {
  it('are a line each, in the order of the files, and cannot rewrite a terminal', () => {
    const planted = { ...WARNING, message: 'red \u001b[31m text' };
    expect(renderFindings([ERROR, planted], 'text')).toBe(
      'runbooks/web/A.md:7  warning  too-short  red  [31m text\n' +
        'runbooks/web/B, C: D.md:1  error  unclosed-fence  5 % more would do: a, b\n',
    );
  });

  it('begin no line of their own with the name of a file', () => {
    const planted = { ...WARNING, path: 'runbooks/a\n::error::x.md' };
    expect(renderFindings([planted], 'text')).toMatch(/^runbooks\/a ::error::x\.md:7 {2}warning {2}[^\n]*\n$/);
  });

  it('are workflow commands for GitHub, escaped as it asks for, what fails the check first', () => {
    const inRepository = (path: string) => `docs/${path}`;
    expect(renderFindings([WARNING, ERROR], 'github', inRepository)).toBe(
      '::error file=docs/runbooks/web/B%2C C%3A D.md,line=1,title=unclosed-fence::5 %25 more%0Awould do: a, b\n' +
        '::warning file=docs/runbooks/web/A.md,line=7,title=too-short::5 %25 more%0Awould do: a, b\n',
    );
  });

  it('are a Code Quality report for GitLab, whose fingerprints outlive a move of lines and are never shared', () => {
    const read = (findings: readonly Finding[]) => JSON.parse(renderFindings(findings, 'gitlab'));
    const [first, second] = read([WARNING, { ...WARNING, line: 9 }]);
    expect(first).toEqual({
      description: WARNING.message,
      check_name: 'too-short',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      severity: 'minor',
      location: { path: 'runbooks/web/A.md', lines: { begin: 7 } },
    });
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect(read([{ ...WARNING, line: 12 }])[0].fingerprint).toBe(first.fingerprint);
    expect(read([ERROR])[0].severity).toBe('major');
  });

  it('are plain data as JSON, also when there is none', () => {
    expect(JSON.parse(renderFindings([WARNING], 'json'))).toEqual([WARNING]);
    expect(renderFindings([], 'json')).toBe('[]\n');
    expect(renderFindings([], 'gitlab')).toBe('[]\n');
    expect(renderFindings([], 'github')).toBe('');
  });
});
