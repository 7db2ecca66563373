import { describe, expect, it } from 'vitest';
import type { Incident, Runbook } from '../src/domain/document.ts';
import { parseFile } from './parse.ts';
import type { SourceFile } from './read.ts';

function fileOf(name: string, text: string, kind: SourceFile['kind']): SourceFile {
  const folder = { runbook: 'runbooks', incident: 'incidents', service: 'topology' }[kind];
  return {
    path: `${folder}/${name}.${kind === 'service' ? 'yaml' : 'md'}`,
    name,
    kind,
    sha: 'f00d',
    text,
    problems: [],
  };
}

function runbookOf(name: string, text: string): Runbook {
  const [document] = parseFile(fileOf(name, text, 'runbook')).documents;
  return document as Runbook; // a runbook file holds a runbook
}

function incidentOf(name: string, text: string): Incident {
  const [document] = parseFile(fileOf(name, text, 'incident')).documents;
  return document as Incident; // a postmortem file holds an incident
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

  it('named README is its folder’s, and none when it holds no section of a runbook', () => {
    expect(runbookOf('DiskFull/README', '# Hello\n\n## Mitigation\n\nFix.').alerts).toEqual(['DiskFull']);
    expect(parseFile(fileOf('README', '# Runbooks\n\nOur runbooks.', 'runbook')).unread?.status).toBe('skipped');
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
    const { problems, documents } = parseFile(fileOf('a/b', front(yaml, '# end'), 'runbook'));
    expect(problems).toEqual([{ path: 'runbooks/a/b.md', line, message }]);
    expect(documents[0]?.title).toBe('Title');
  });

  it('in TOML is said to be unread', () => {
    const { problems, documents } = parseFile(fileOf('a/b', '+++\ntitle = "x"\n+++\n\n# Title', 'runbook'));
    expect(problems[0]).toMatchObject({ line: 1, message: expect.stringContaining('TOML') });
    expect(documents[0]?.title).toBe('Title');
  });

  it('is not every rule at the beginning of a file', () => {
    const { documents, problems } = parseFile(
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
    const { documents, problems } = parseFile(fileOf('a/b', front(...bomb), 'runbook'));
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

describe('a topology', () => {
  it('that is no YAML fails as a whole, with the line', () => {
    const { unread, documents } = parseFile(fileOf('t', 'system: x\nservices: [a\n', 'service'));
    expect(documents).toEqual([]);
    expect(unread).toEqual({ status: 'failed', reason: expect.stringMatching(/topology\/t\.yaml:\d+/) });
  });

  it('without a list of services says so', () => {
    expect(parseFile(fileOf('t', 'system: x\n', 'service')).unread?.reason).toContain('holds no `services:` list');
  });

  it('without a system is named after its file, and says so', () => {
    const { documents, problems } = parseFile(fileOf('t', 'services: [{ name: a }]', 'service'));
    expect(documents[0]).toMatchObject({ id: 'a', system: 't' });
    expect(problems).toHaveLength(1);
  });
});
