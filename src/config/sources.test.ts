import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { isPrecedentError, type Problem } from '../domain/errors.ts';
import { nameOf } from '../domain/knowledge-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-sources-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'precedent.yaml');
  writeFileSync(file, yaml);
  return readConfig(env, file);
}

function problemsOf(yaml: string, env: NodeJS.ProcessEnv = {}): readonly Problem[] {
  try {
    read(yaml, env);
  } catch (error) {
    if (isPrecedentError(error, 'config-invalid')) return error.problems;
    throw error;
  }
  return [];
}

describe('the sources of precedent.yaml', () => {
  it('are none where none are listed: KNOWLEDGE_DIR is read', () => {
    expect(read('PORT: 9000').config.sources).toEqual([]);
  });

  it('may be of every kind, and each has a name', () => {
    const { config } = read(`
sources:
  - directory: ./ops
    runbooks: ['content/**/*.md']
    rules: ['rules/*.yaml']
  - git: https://git.example.com/team/runbooks.git
    ref: main
    subfolder: docs
  - { git: git@git.example.com:team/postmortems.git, name: past }
  - confluence: https://wiki.example.com/wiki
    space: OPS
    kind: runbook
  - site: https://docs.example.com/sitemap.xml
`);
    expect(config.sources.map(nameOf)).toEqual(['ops', 'runbooks', 'past', 'OPS', 'docs.example.com']);
    expect(config.sources[0]).toMatchObject({ runbooks: ['content/**/*.md'], rules: ['rules/*.yaml'] });
  });

  it('name the variables that hold their secrets; the secrets stay out of what may be shown', () => {
    const yaml =
      'sources:\n  - git: https://git.example.com/a.git\n    usernameEnv: GIT_USER\n    tokenEnv: GIT_TOKEN\n';
    const { config, secrets } = read(yaml, { GIT_USER: 'bot', GIT_TOKEN: 'canary' });
    expect(secrets.sources.get('a')).toEqual({ username: 'bot', token: 'canary' });
    expect(JSON.stringify(config)).not.toContain('canary');
  });

  it.each([
    ['sources: ./ops', 'sources', 'must be a list'],
    ['sources: [ops]', 'sources', 'must be a list of mappings'],
    ['sources: [{ name: ops }]', 'sources.0', 'exactly one of `directory`, `git`, `confluence` and `site`'],
    ['sources: [{ git: a, site: "https://b.example.com" }]', 'sources.0', 'exactly one of'],
    ['sources: [{ git: a, branch: main }]', 'sources.0', 'branch'],
    ['sources: [{ confluence: "https://wiki.example.com" }]', 'sources.0.space', 'expected string'],
    ['sources: [{ site: "ftp://docs.example.com" }]', 'sources.0.site', 'http:// or https://'],
    ['sources: [{ git: a, tokenEnv: secret-itself }]', 'sources.0.tokenEnv', 'name of an environment variable'],
    ['sources: [{ git: a, tokenEnv: GIT_TOKEN }]', 'sources.0.tokenEnv', 'GIT_TOKEN is not set'],
    ['sources: [{ git: a }, { directory: ./a }]', 'sources.1', 'give it a `name` of its own'],
    ['sources: [{ git: "https://me:s3cret@git.example.com/a.git" }]', 'sources.0.git', 'name it by `tokenEnv`'],
    ['sources: [{ git: "https://me:s3/cret@git.example.com/a.git" }]', 'sources.0.git', 'must hold no password'],
    ['sources: [{ git: "ssh://me:s3cret@git.example.com/a.git" }]', 'sources.0.git', 'must hold no password'],
    ['sources: [{ site: "https://me:s3cret@docs.example.com" }]', 'sources.0.site', 'must hold no password'],
    [
      'sources: [{ confluence: "https://me:s3cret@wiki.example.com", space: OPS }]',
      'sources.0.confluence',
      'name it by `tokenEnv`',
    ],
    ['sources: [{ git: a, name: "../b" }]', 'sources.0.name', 'must be one word'],
  ])('are refused when wrong: %s', (yaml, path, message) => {
    expect(problemsOf(yaml)).toContainEqual({ path, message: expect.stringContaining(message) });
  });

  it('and KNOWLEDGE_DIR cannot both say where the knowledge is', () => {
    const problems = problemsOf('sources: [{ directory: ./ops }]', { KNOWLEDGE_DIR: './other' });
    expect(problems).toEqual([{ path: 'KNOWLEDGE_DIR', message: expect.stringContaining('list the folder there') }]);
  });
});

describe('what is redacted', () => {
  it.each([
    [undefined, ['secrets', 'emails']],
    ['secrets, emails, ips', ['secrets', 'emails', 'ips']],
    ['none', []],
  ])('with REDACT=%s is %j', (REDACT, expected) => {
    expect(read('PORT: 9000', { REDACT }).config.redact).toEqual(expected);
  });

  it('is one of the known kinds', () => {
    expect(problemsOf('PORT: 9000', { REDACT: 'secrets,names' })).toEqual([
      { path: 'REDACT', message: 'must be a list of secrets, emails and ips, or none' },
    ]);
  });
});
