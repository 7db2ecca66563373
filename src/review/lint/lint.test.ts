import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { openLocalSources, readForReview } from '../read-for-review.ts';
import { lintKnowledge, RULES } from './lint.ts';

const TODAY = '2026-03-05';

const GOOD = {
  'runbooks/web/WebErrorsHigh.md': 'good-runbook.md',
  'runbooks/db/DbConnectionsFull.md': 'good-neighbour.md',
  'incidents/2026/2026-01-09-connection-leak.md': 'good-incident.md',
  'topology/shop.yaml': 'good-topology.yaml',
};

function fixture(name: string): string {
  return readFileSync(new URL(`__fixtures__/${name}`, import.meta.url), 'utf8');
}

/** What lint says about a folder of these files, each a fixture, beside knowledge that is well. */
async function lint(files: Readonly<Record<string, string>>): Promise<string[]> {
  const contents = Object.entries({ ...GOOD, ...files }).map(([path, name]) => [path, fixture(name)] as const);
  await using folder = await createKnowledgeFolder(Object.fromEntries(contents));
  const { signal } = new AbortController();
  const { checkouts } = await openLocalSources({ sources: [], knowledgeDir: folder.path }, signal);
  const knowledge = await readForReview(checkouts, signal);
  return lintKnowledge(knowledge, TODAY).map(
    ({ path, line, severity, rule, message }) => `${path}:${line} ${severity} ${rule}: ${message}`,
  );
}

const RUNBOOK = 'runbooks/web/WebOverloaded.md';
const INCIDENT = 'incidents/slow-orders.md';
const TOPOLOGY = 'topology/shop-two.yaml';

/** Each rule's mistake: the fixture named after it, the file it stands in, and every word that is said about it. */
const MISTAKES: readonly (readonly [fixture: string, path: string, said: readonly string[]])[] = [
  [
    'missing-mitigation.md',
    RUNBOOK,
    [
      '1 error missing-mitigation: the runbook says nowhere what to do: add a section `## Mitigation` with the steps in order',
    ],
  ],
  [
    'unfilled-section.md',
    RUNBOOK,
    ['36 error unfilled-section: the section "Rollback" is not written yet: write it, or remove its heading'],
  ],
  [
    'too-short.md',
    RUNBOOK,
    [
      '1 warning too-short: the runbook holds only 3 lines: say what the alert means, how to find the cause, and what to do',
    ],
  ],
  [
    'missing-title.md',
    RUNBOOK,
    [
      '1 warning missing-title: there is no title, so "WebOverloaded" stands in: begin the file with `# ` and one in words',
    ],
  ],
  [
    'duplicate-title.md',
    RUNBOOK,
    [
      '1 warning duplicate-title: the title "web fails" is that of runbooks/web/WebErrorsHigh.md:1 too: say in it what is different here',
    ],
  ],
  [
    'runbook-without-alert.md',
    'runbooks/web/overload.md',
    [
      '1 warning runbook-without-alert: the runbook names no alert: add `alerts: [Name]` to its front matter, or name the file after it',
    ],
  ],
  [
    'duplicate-alert.md',
    RUNBOOK,
    [
      '3 error duplicate-alert: the alert `WebErrorsHigh` is claimed at runbooks/web/WebErrorsHigh.md:3 too: merge the runbooks, or name the other one in `supersedes`',
    ],
  ],
  [
    'supersedes-unknown.md',
    RUNBOOK,
    ['6 error supersedes-unknown: no runbook has the id `web/WebErorsHigh`, did you mean `web/WebErrorsHigh`?'],
  ],
  [
    'stale-validated.md',
    RUNBOOK,
    [
      '6 warning stale-validated: the runbook was last validated on 2024-12-31, 429 days ago: walk through it and set the date anew',
    ],
  ],
  [
    'stale-after.md',
    RUNBOOK,
    ['6 warning stale-validated: the runbook was good until 2026-02-28: walk through it and set the date anew'],
  ],
  [
    'destructive-without-rollback.md',
    RUNBOOK,
    [
      '32 warning destructive-without-rollback: `kubectl -n shop delete pvc sessions-0` destroys something, and the runbook does not tell the way back: add `### Rollback`, or say that it cannot be undone',
    ],
  ],
  [
    'incident-without-date.md',
    INCIDENT,
    [
      '1 warning incident-without-date: the incident has no date: begin the file name with it, or add `date: 2026-03-01` to the front matter',
    ],
  ],
  [
    'incident-without-root-cause.md',
    INCIDENT,
    [
      '1 warning incident-without-root-cause: the incident names no cause: add a section `## Root cause`, even if it says what is suspected',
    ],
  ],
  [
    'unknown-service.md',
    RUNBOOK,
    ['4 warning unknown-service: no topology file declares the service `chekout`, did you mean `checkout`?'],
  ],
  [
    'unknown-dependency.yaml',
    TOPOLOGY,
    ['8 error unknown-dependency: `new-orders` depends on `dbb`, which no topology file declares, did you mean `db`?'],
  ],
  [
    'dead-relative-link.md',
    RUNBOOK,
    ['36 error dead-relative-link: the link `../db/DbFull.md` leads to no file: correct its path, or remove it'],
  ],
  [
    'dead-anchor.md',
    RUNBOOK,
    [
      '36 error dead-relative-link: the link `#meanin` names no heading of this file, did you mean `meaning`?',
      '36 error dead-relative-link: the link `../db/DbConnectionsFull.md#rollback` names no heading of ../db/DbConnectionsFull.md: correct it',
    ],
  ],
  [
    'unclosed-fence.md',
    RUNBOOK,
    [
      '30 error unclosed-fence: the code fence that opens here is not closed: end it with a line of the same marks, indented as deep as this one',
    ],
  ],
  [
    'unclosed-fence-in-list.md',
    RUNBOOK,
    [
      '30 error unclosed-fence: the code fence that opens here is not closed: end it with a line of the same marks, indented as deep as this one',
    ],
  ],
  [
    'secret-in-text.md',
    RUNBOOK,
    [
      '37 error secret-in-text: this line holds a secret (url-password): revoke it, and name the place where it is kept instead',
    ],
  ],
  [
    'broken-front-matter.md',
    RUNBOOK,
    [
      '5 error broken-front-matter: broken front matter: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  ],
  [
    'ingest-problem.md',
    RUNBOOK,
    ['6 warning ingest-problem: validated: must be a date such as 2026-03-01 (found "last spring")'],
  ],
  ['unread-file.md', RUNBOOK, ['1 error unread-file: the file is not read: an empty file']],
];

describe('lint', () => {
  it('says nothing about knowledge that is well', async () => {
    expect(await lint({})).toEqual([]);
  });

  it.each(MISTAKES)('finds %s', async (name, path, said) => {
    expect(await lint({ [path]: name })).toEqual(said.map((words) => `${path}:${words}`));
  });

  it('has a failing fixture for every rule', () => {
    const shown = new Set(MISTAKES.flatMap(([, , said]) => said.map((words) => /\w ([\w-]+): /.exec(words)?.[1])));
    expect(RULES.map(({ id }) => id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it('leaves out what a file switches off for itself', async () => {
    expect(await lint({ [RUNBOOK]: 'suppressed.md' })).toEqual([]);
  });

  it('asks for no topology where nobody keeps one', async () => {
    const { 'topology/shop.yaml': _, ...files } = GOOD;
    const contents = Object.entries({ ...files, [RUNBOOK]: 'unknown-service.md' });
    await using folder = await createKnowledgeFolder(
      Object.fromEntries(contents.map(([path, name]) => [path, fixture(name)])),
    );
    const { signal } = new AbortController();
    const { checkouts } = await openLocalSources({ sources: [], knowledgeDir: folder.path }, signal);
    const knowledge = await readForReview(checkouts, signal);
    expect(lintKnowledge(knowledge, TODAY)).toEqual([]);
  });
});
