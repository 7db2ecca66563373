import { describe, expect, it } from 'vitest';
import type { Incident, KnowledgeDocument, Runbook } from '../../src/domain/document.ts';
import type { TextFile } from '../source-file.ts';
import { parseProse } from './parse.ts';

function fileOf(name: string, text: string, kind: TextFile['kind']): TextFile {
  const folder = kind === undefined ? 'docs' : `${kind}s`;
  return { path: `${folder}/${name}.md`, source: '', name, id: name, kind, sha: 'f00d', text, problems: [] };
}

function documentsOf(name: string, text: string, kind?: TextFile['kind']): readonly KnowledgeDocument[] {
  return parseProse(fileOf(name, text, kind)).documents;
}

function runbookOf(name: string, text: string): Runbook {
  return documentsOf(name, text, 'runbook')[0] as Runbook; // a runbook file holds a runbook
}

function incidentOf(name: string, text: string): Incident {
  return documentsOf(name, text, 'incident')[0] as Incident; // a postmortem file holds an incident
}

const front = (...lines: string[]) => ['---', ...lines, '---', '', '# Title', '', 'Text.'].join('\n');

describe('a runbook without front matter', () => {
  it('is titled after its first H1, or else after its file', () => {
    expect(runbookOf('web/High', '# Web is slow\n\n## Impact\n\nBad.').title).toBe('Web is slow');
    expect(runbookOf('web/High', '## Impact\n\nBad.').title).toBe('High');
    expect(runbookOf('web/High', '# Impact\n\nBad.\n\n# Mitigation\n\nFix.').title).toBe('High');
  });

  it('answers the alert that its file or its title names', () => {
    expect(runbookOf('kube/KubePodCrashLooping', '# x').alerts).toEqual(['KubePodCrashLooping']);
    expect(runbookOf('kube/etcdNoLeader', '# x').alerts).toEqual(['etcdNoLeader']);
    expect(runbookOf('kube/pod_crash', '# ThreePodsDown').alerts).toEqual(['ThreePodsDown']);
    expect(runbookOf('Watchdog', '# Watchdog').alerts).toEqual(['Watchdog']);
    expect(runbookOf('Overview', '# How to be on call').alerts).toEqual([]);
  });

  it('is about the service whose folder it lies in', () => {
    expect(runbookOf('web/High', '# x').services).toEqual(['web']);
    expect(runbookOf('High', '# x').services).toEqual([]);
  });

  it('takes what it can from lines such as "Services: a, b"', () => {
    const runbook = runbookOf(
      'x/y',
      '# T\n\n**Alert:** DiskFull  \n**Services:** a, b\\\nSeverity: page\n\nOwner: us\n',
    );
    expect(runbook).toMatchObject({ alerts: ['DiskFull'], services: ['a', 'b'], severity: 'page', owner: 'us' });
  });

  it('whose folder only says what is in it is about no service', () => {
    expect(runbookOf('alerts/High', '# x').services).toEqual([]);
  });

  it('named README is its folder’s, and none when it holds no section of a runbook', () => {
    expect(runbookOf('DiskFull/README', '# Hello\n\n## Mitigation\n\nFix.').alerts).toEqual(['DiskFull']);
    expect(parseProse(fileOf('README', '# Runbooks\n\nOur runbooks.', 'runbook')).unread?.status).toBe('skipped');
  });
});

describe('front matter', () => {
  it('wins over whatever the text says', () => {
    expect(runbookOf('a/High', front('title: Mine', 'alerts: [X]', 'services: []'))).toMatchObject({
      title: 'Mine',
      alerts: ['X'],
      services: [],
    });
  });

  it('is understood in other spellings', () => {
    const runbook = runbookOf('a/b', front('alert: X', 'service: s', 'last_validated: 2026-01-02'));
    expect(runbook).toMatchObject({ alerts: ['X'], services: ['s'], validated: '2026-01-02' });
    expect(incidentOf('a', front('root_cause: It broke', 'superseded-by: b'))).toMatchObject({
      rootCause: { summary: 'It broke' },
      supersededBy: 'b',
    });
  });

  it.each([
    ['validated: someday', 2, 'validated: must be a date such as 2026-03-01 (found "someday")'],
    ['tags:\n  - fine\n  - [nested]', 4, 'tags: must be text (found ["nested"])'],
    ['title: { a: b }', 2, 'title: must be text (found {"a":"b"})'],
    ['tags: [a\nowner: b', 3, expect.stringContaining('broken front matter')],
    ['title: a\ntitle: b', 3, 'broken front matter: Map keys must be unique'],
    ['just words', 2, 'front matter must be `name: value` lines'],
  ])('%j is a problem at its line, and the rest of the file is ingested', (yaml, line, message) => {
    const { problems, documents } = parseProse(fileOf('a/b', front(yaml, '# end'), 'runbook'));
    expect(problems).toEqual([{ path: 'runbooks/a/b.md', line, message }]);
    expect(documents[0]?.title).toBe('Title');
  });

  it('may be TOML', () => {
    const toml = '+++\ntitle = "x"\ndate = 2026-03-01\n[extra]\nservices = ["a"]\nseverity = []\n+++\n\nText.';
    const { problems, documents } = parseProse(fileOf('a/b', toml, 'incident'));
    expect(documents[0]).toMatchObject({ title: 'x', date: '2026-03-01', services: ['a'] });
    expect(problems).toEqual([{ path: 'incidents/a/b.md', line: 6, message: 'severity: must be text (found [])' }]);
    const broken = parseProse(fileOf('a/b', '+++\ntitle = "x"\na = \n+++\n\n# Title', 'runbook'));
    expect(broken.problems).toMatchObject([{ line: 3, message: expect.stringMatching(/^broken front matter: /) }]);
    expect(broken.documents[0]?.title).toBe('Title');
  });

  it('with a quote that never closes is broken where the quote opens', () => {
    const { problems } = parseProse(fileOf('a/b', front('title: x', 'owner: "us', 'tags: [a]'), 'runbook'));
    expect(problems[0]).toMatchObject({ line: 3, message: 'broken front matter: Missing closing "quote' });
  });

  it('of a skill gives its name, its description and what stands in its metadata', () => {
    const skill = ['---', 'name: restart-web', 'description: >', '  When web hangs,', '  restart it.', 'license: MIT'];
    const text = [...skill, 'allowed-tools: Bash', 'metadata:', '  services: web', '---', '', '1. Restart.'].join('\n');
    const { documents, problems } = parseProse(fileOf('skills/restart-web/SKILL', text, undefined));
    expect(problems).toEqual([]);
    expect(documents[0]).toMatchObject({ kind: 'runbook', title: 'restart-web', services: ['web'] });
    expect(documents[0]?.sections[0]).toMatchObject({
      role: 'summary',
      text: 'When web hangs, restart it.',
      source: { line: 3, endLine: 5 },
    });
  });

  it('of OKF tells how far the page can be relied on', () => {
    const okf = ['type: Playbook', 'status: Deprecated', 'stale_after: 2026-06-01', 'resource: urn:web'];
    const checked = ['verified:', '  - { by: ops, at: 2026-01-02T00:00:00Z }', '  - { by: web, at: 2026-03-04 }'];
    const { documents, problems } = parseProse(fileOf('x', front(...okf, ...checked), undefined));
    expect(problems).toEqual([]);
    expect(documents[0]).toMatchObject({
      ...{ kind: 'runbook', status: 'deprecated', staleAfter: '2026-06-01', validated: '2026-03-04' },
    });
  });

  it('may list symptoms, which are searched like any other text', () => {
    const runbook = runbookOf(
      'a/b',
      front('symptoms:', '  - orders fail', '  - queue grows', 'lastValidated: 2026-01-02'),
    );
    expect(runbook.sections[0]).toMatchObject({ role: 'detection', text: '- orders fail\n- queue grows' });
    expect(runbook).toMatchObject({ validated: '2026-01-02', source: { line: 1 } });
  });

  it('of a site generator is nobody’s mistake', () => {
    const site = ['weight: 10', 'slug: /x', 'sidebar_label: X', 'status: resolved', 'type: docs', 'verified: true'];
    const { documents, problems } = parseProse(fileOf('a/b', front(...site), 'runbook'));
    expect(problems).toEqual([]);
    expect(documents[0]).not.toHaveProperty('status');
  });

  it('is not every rule at the beginning of a file', () => {
    const { documents, problems } = parseProse(
      fileOf('a/b', '---\n\n# Title\n\n## Fix\n\n1. Do it\n\n---\n\nEnd.', 'runbook'),
    );
    expect(problems).toEqual([]);
    expect(documents[0]).toMatchObject({ title: 'Title', steps: [{ text: 'Do it' }] });
  });

  it('that unfolds without end does not stop the others', () => {
    const bomb = [
      'a: &a [1,1,1,1,1,1,1,1,1]',
      ...'bcdefghi'.split('').map((name, at) => `${name}: &${name} [${`*${'abcdefgh'[at]},`.repeat(9)}]`),
    ];
    const { documents, problems } = parseProse(fileOf('a/b', front(...bomb), 'runbook'));
    expect(problems).toHaveLength(1);
    expect(documents[0]?.title).toBe('Title');
  });
});

describe('an incident without front matter', () => {
  it.each([
    ['2026/2026-03-01-slow', '# x', '2026-03-01'],
    ['20260301-slow', '# x', '2026-03-01'],
    ['2026/03/01/slow', '# x', '2026-03-01'],
    ['slow', '# x\n\n- Date: 1st of nothing\n', undefined],
    ['slow', '# x\n\nDate: March 1st, 2026\n', '2026-03-01'],
    ['slow', '# x\n\n## Date\n\n1 March 2026\n', '2026-03-01'],
    ['slow', '# x\n\n| Date | Services |\n|---|---|\n| 2026-03-01 | a |\n', '2026-03-01'],
    ['slow', '# x\n\n## Timeline\n\n- 2026-03-01 10:00 alert\n', '2026-03-01'],
    ['2026-13-45-slow', '# x', undefined],
  ])('%s %j happened on %s', (name, text, date) => {
    expect(incidentOf(name, text).date).toBe(date);
  });

  it('is titled after its file when it has no heading', () => {
    expect(incidentOf('2026/2026-03-01-queue-is_full', 'Text').title).toBe('queue is full');
    expect(incidentOf('2026-03-01', 'Text').title).toBe('2026-03-01');
  });

  it('has the opening of its root cause as the cause, contributing factors only where there is no other', () => {
    const factors = '## Contributing factors\n\n- No tests\n- A `typo`\n\n';
    expect(incidentOf('a', `# x\n\n${factors}## Root cause\n\nThe *disk*\nwas full.\n\nMore.`).rootCause).toEqual({
      summary: 'The disk was full.',
    });
    expect(incidentOf('a', `# x\n\n${factors}`).rootCause).toEqual({ summary: 'No tests; A typo' });
    expect(incidentOf('a', '# x\n\nText.').rootCause).toBeUndefined();
  });

  it('takes facts from its head, not from its timeline or its tasks', () => {
    const incident = incidentOf(
      'a',
      '# x\n\n- Services: a, b\n\n## Timeline\n\n- Duration: ignored\n\n## Action items\n\n- Owner: Jo\n- Severity: none\n',
    );
    expect(incident).toMatchObject({ services: ['a', 'b'] });
    expect(incident).not.toHaveProperty('duration');
    expect(incident).not.toHaveProperty('severity');
  });
});

describe('steps', () => {
  const stepsOf = (markdown: string) =>
    runbookOf('a/b', `# T\n\n## Mitigation\n\n${markdown}`).steps.map(({ text, commands, source }) => [
      text,
      commands,
      source.line,
      source.endLine,
    ]);

  it('are the items of the list, each with the fences in it or right after it', () => {
    expect(stepsOf('1. One\n\n```sh\nls\n\npwd\n```\n\n2. Two\n   ```\n   id\n   ```\n')).toEqual([
      ['One', ['ls', 'pwd'], 5, 11],
      ['Two', ['id'], 13, 16],
    ]);
  });

  it('are the paragraphs where there is no list', () => {
    expect(stepsOf('First **this**:\n\n```sh\nls\n```\n\nThen\nthat.\n')).toEqual([
      ['First this:', ['ls'], 5, 9],
      ['Then that.', [], 11, 12],
    ]);
  });

  it('do not include what only introduces a list', () => {
    expect(stepsOf('Do these:\n\n- [ ] One\n- [x] Two\n\nGood luck.\n').map(([text]) => text)).toEqual(['One', 'Two']);
  });

  it('hold a command over several lines as one, and no output', () => {
    expect(
      stepsOf(
        '- Look\n  ```console\n  $ kubectl get pods |\n  $ grep x\n  pod-x Running\n  ```\n  ```text\n  output\n  ```\n',
      )[0]?.[1],
    ).toEqual(['kubectl get pods |\ngrep x']);
  });

  it('keep a query in another language whole', () => {
    expect(stepsOf('- Run\n  ```sql\n  SELECT 1\n  FROM t;\n  ```\n')[0]?.[1]).toEqual(['SELECT 1\nFROM t;']);
  });

  it('of a lone fence are named by its comment, or by their section', () => {
    expect(stepsOf('```sh\n# Restart it\nreboot\n```').map(([text]) => text)).toEqual(['Restart it']);
    expect(stepsOf('```sh\nreboot\n```').map(([text]) => text)).toEqual(['Mitigation']);
  });

  it('are not those of a rollback', () => {
    expect(stepsOf('- Do\n\n### Rollback\n\n- Undo\n').map(([text]) => text)).toEqual(['Do']);
  });
});
