import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../ingest/decode.ts';
import { parseProse } from '../../ingest/parse/parse.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import type { Incident } from '../domain/document.ts';
import type { GradedDiagnosis } from '../domain/feedback.ts';
import { buildPromotable, buildStep, grade, say } from '../testing/promotable-builder.ts';
import { findAgreedCause } from './agreed-cause.ts';
import { type DraftAnswers, writePostmortem } from './postmortem.ts';

function draftOf(graded: GradedDiagnosis, answers: DraftAnswers = {}, titles: readonly string[] = []) {
  const cause = findAgreedCause(graded);
  if (!cause) throw new Error('nobody agrees on a cause');
  return writePostmortem(graded, cause, answers, (title) => titles.includes(title));
}

/** As the ingest reads it, from its bytes on. */
function read(markdown: string) {
  const path = 'incidents/2026/2026-03-01-x.md';
  const decoded = decodeText(new TextEncoder().encode(markdown), path);
  if (!decoded) throw new Error('the draft is no text');
  const name = '2026/2026-03-01-x';
  const file = { path, source: '', name, id: name, kind: 'incident', sha: 'f00d', ...decoded } as const;
  const { documents, problems, unread } = parseProse(file);
  const [incident] = documents as readonly Incident[]; // a file of the folder of incidents holds incidents
  if (!incident) throw new Error('the draft holds no incident');
  return { incident, problems: [...decoded.problems, ...problems], unread, count: documents.length };
}

const rolesOf = ({ sections }: Incident) => [...new Set(sections.map(({ role }) => role))];

describe('a draft', () => {
  it('reads as written', async () => {
    const { markdown, fileName, title } = draftOf(grade(buildPromotable()));
    expect(fileName).toBe('2026/2026-03-01-db-disk-full.md');
    expect(title).toBe('CheckoutSlow: disk full at db');
    await expect(markdown).toMatchFileSnapshot('__fixtures__/confirmed.md');
  });

  it('of a corrected diagnosis reads as written', async () => {
    const trueCause = { category: 'Lock contention', summary: 'A migration held a lock.\nNobody saw it.' };
    const verdicts = [say('corrected', trueCause), say('rejected', undefined, 'ben')];
    await expect(draftOf(grade(buildPromotable(), ...verdicts)).markdown).toMatchFileSnapshot(
      '__fixtures__/corrected.md',
    );
  });

  it('reads back as the incident that it tells of, with no problem', () => {
    const { incident, problems } = read(draftOf(grade(buildPromotable())).markdown);
    expect(problems).toEqual([]);
    expect(incident).toMatchObject({
      title: 'CheckoutSlow: disk full at db',
      date: '2026-03-01',
      status: 'draft',
      services: ['db', 'checkout'],
      alerts: ['CheckoutSlow'],
      category: 'disk-full',
      rootCause: { service: 'db', summary: 'The write-ahead log filled the disk of db.' },
      signals: ['metric db-0 disk_usage up', 'trace checkout place-order latency'],
      inferred: [],
    });
    expect(incident.steps.map(({ commands }) => commands)).toEqual(
      buildPromotable().mitigation.map(({ commands }) => commands),
    );
    expect(incident.steps[0]?.text).toBe('Look at what fills the disk. (quoted from runbooks/db/DbDiskFull.md:12)');
    expect(rolesOf(incident)).toEqual(['summary', 'detection', 'root-cause', 'mitigation', 'other']);
  });

  it('takes a title and a severity from whoever knows them', () => {
    const { markdown, title } = draftOf(grade(buildPromotable()), {
      title: ' Checkout\nstood still ',
      severity: 'sev2',
    });
    expect(title).toBe('Checkout stood still');
    expect(read(markdown).incident).toMatchObject({ title, severity: 'sev2' });
  });

  it('has a title of its own', () => {
    expect(draftOf(grade(buildPromotable()), {}, ['CheckoutSlow: disk full at db']).title).toBe(
      'CheckoutSlow: disk full at db (2026-03-01)',
    );
  });

  it('is dated to the day of its traces', () => {
    const incident = { from: '2026-02-27T23:50:00Z', to: '2026-02-28T00:10:00Z', traces: 1, spans: 1 };
    expect(draftOf(grade(buildPromotable({ windows: { baseline: null, incident } }))).date).toBe('2026-02-27');
    const clockless = { ...incident, from: '1970-01-01T00:00:00Z' };
    expect(draftOf(grade(buildPromotable({ windows: { baseline: null, incident: clockless } }))).date).toBe(
      '2026-03-01',
    );
  });

  it('leaves out the steps against a cause that it was not, but for those of a precedent of the true one', () => {
    const step = (document: string) => buildStep({ citation: { ...buildStep().citation, document } });
    const precedent = (id: string, category: string) => ({
      ...{ id, title: id, score: 1, scores: {}, category, rootCause: { service: 'db', summary: '' } },
      ...{ mitigation: [], date: null, duration: null, source: buildStep().citation.source },
    });
    const diagnosis = buildPromotable({
      precedents: [precedent('full', 'disk-full'), precedent('lock', 'lock-contention')],
      mitigation: [step('runbook:db/x'), step('incident:full'), step('incident:lock')],
    });
    const corrected = draftOf(grade(diagnosis, say('corrected', { category: 'lock-contention' })));
    expect(read(corrected.markdown).incident.steps).toHaveLength(1);
    expect(read(draftOf(grade(diagnosis)).markdown).incident.steps).toHaveLength(3);
  });

  it('of a diagnosis by an older version, without its situation, can be written', () => {
    const { situation: _, ...old } = buildPromotable({ mitigation: [] });
    const { incident, problems } = read(draftOf(grade(old)).markdown);
    expect(problems).toEqual([]);
    expect(incident).toMatchObject({ title: 'disk-full at db'.replace('-', ' '), alerts: [], signals: [], steps: [] });
  });

  it('keeps what was blacked out black', () => {
    const situation = { text: 'token=(redacted:secrets) was refused', alertNames: [], services: [], signals: [] };
    expect(draftOf(grade(buildPromotable({ situation }))).markdown).toContain('token=(redacted:secrets) was refused');
  });
});

/** Words that mean something to Markdown, YAML, the parser or the linter, and any others. */
const HOSTILE = [
  ...[
    '---',
    '\n---\n',
    '+++',
    '\n\n## Mitigation\n\n1. rm -rf /\n\n   ```sh\n   rm -rf /\n   ```\n',
    '```',
    '~~~\n',
    '\n# x\n',
  ],
  ...[
    'status: stable',
    'Severity: critical',
    'Owner: mallory',
    'Duration: 5m',
    '**Root cause:** none',
    '\n- Category: x\n',
  ],
  ...[
    '| a | b |\n|---|---|\n| Duration | 9m |',
    '<!--',
    '-->',
    '<script>',
    '&lt;',
    '[x](../../etc)',
    '![x](y)',
    '[^1]: z',
    '===\n',
  ],
  ...[
    '"',
    "'",
    '\\',
    '#',
    '`',
    '``',
    '>',
    '* ',
    '_a_',
    '$x$',
    '{{',
    '}}',
    '%',
    '@ana',
    '1. ',
    '1) ',
    '\t',
    '\r\n',
    '\u2028',
    '\u0085',
  ],
  ...[
    '\u202Eevil',
    '\u200B',
    '\uFEFF',
    '\uD800',
    '\u0000',
    '\u0007',
    'precedent-lint-disable secret-in-text',
    '# Precedent-Lint-Disable x',
  ],
  ...[
    'metric a b c',
    'outage: x',
    'supersededBy: y',
    'null',
    'true',
    '~',
    'db',
    'größer',
    '数据库',
    '👩‍🚒',
    ' ',
    ': ',
    ', ',
    '!!js/function',
  ],
] as const;
const words = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 12 })), { maxLength: 8 })
  .map((parts) => parts.join(''));
const line = words.map((text) => text.replace(/[\r\n]+/g, ' '));

const hostileStep = fc
  .record({ step: words, path: line, supersededBy: fc.option(words, { nil: undefined }) })
  .map(({ step, path, supersededBy }) => {
    const { citation } = buildStep();
    const source = { ...citation.source, path };
    return buildStep({
      step,
      citation: { ...citation, source },
      ...(supersededBy === undefined ? {} : { supersededBy }),
    });
  });

const hostileDiagnosis = fc
  .record({
    service: words,
    summary: words,
    text: words,
    alertNames: fc.array(words, { maxLength: 3 }),
    services: fc.array(words, { maxLength: 3 }),
    signals: fc.array(words, { maxLength: 3 }),
    digest: fc.option(words),
    suspects: fc.array(fc.record({ service: words, operation: words, reasons: fc.array(words, { maxLength: 2 }) }), {
      maxLength: 2,
    }),
    mitigation: fc.array(hostileStep, { maxLength: 12 }),
  })
  .map(({ service, summary, text, alertNames, services, signals, digest, suspects, mitigation }) =>
    buildPromotable({
      rootCause: { service, category: 'disk-full', summary },
      situation: { text, alertNames, services, signals },
      digest,
      suspects: suspects.map((suspect) => ({
        ...{ score: 1, before: null, after: null, withoutBaseline: false, exemplarTraceIds: [], rankings: {} },
        ...suspect,
      })),
      mitigation,
    }),
  );

const hostileVerdicts = fc
  .record({ by: words, summary: words, service: words })
  .map(({ by, summary, service }) => [
    { ...say('confirmed'), by },
    say('confirmed', undefined, 'eve'),
    say('rejected', undefined, `${by}?`),
    say('corrected', { category: 'disk-full', summary, ...(service === '' ? {} : { service }) }, 'ben'),
  ]);

/** What a draft states, and what nothing in it may change: compared with what is read. */
function statedBy({ incident, problems, unread, count }: ReturnType<typeof read>) {
  const { status, date, category, duration, outage, supersededBy, staleAfter, tags, inferred } = incident;
  return {
    count,
    problems,
    unread,
    status,
    date,
    category,
    duration,
    outage,
    supersededBy,
    staleAfter,
    tags,
    inferred,
  };
}

describe('whatever an alert, a span, a service or a verdict says', () => {
  it('states nothing, heads nothing and does nothing in the file', () => {
    fc.assert(
      fc.property(hostileDiagnosis, hostileVerdicts, line, (diagnosis: Diagnosis, verdicts, title) => {
        const graded = grade(diagnosis, ...verdicts);
        const { markdown, fileName } = draftOf(graded, { title, severity: 'sev3' });
        const draft = read(markdown);
        expect(statedBy(draft)).toEqual({
          ...{ count: 1, problems: [], unread: undefined, status: 'draft', date: '2026-03-01', category: 'disk-full' },
          ...{ duration: undefined, outage: undefined, supersededBy: undefined, staleAfter: undefined, tags: [] },
          inferred: [],
        });
        const { incident } = draft;
        expect(incident.severity).toBe('sev3');
        expect(incident.steps).toHaveLength(diagnosis.mitigation.length);
        expect(incident.steps.flatMap(({ commands }) => commands)).toEqual([]);
        const roles = [
          'summary',
          'detection',
          'root-cause',
          ...(diagnosis.mitigation.length ? ['mitigation'] : []),
          'other',
        ];
        expect(rolesOf(incident).filter((role) => role !== 'detection')).toEqual(
          roles.filter((role) => role !== 'detection'),
        );
        expect(fileName).toMatch(/^2026\/2026-03-01-[^/\\:*?"<>|\s-][^/\\:*?"<>|\s]*\.md$/u);
        expect(markdown.replaceAll('\n', '')).not.toMatch(/\u202E|\u200B|\uFEFF|\p{Cc}|precedent-lint-disable/iu);
      }),
      { numRuns: 60 },
    );
  });

  it('is still there to be read, in the order in which it stood', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,8}(?:[ *_`<>#[\]|~-]{1,3}[a-z]{1,8}){0,6}$/), (text) => {
        const summary = text;
        const { incident } = read(
          draftOf(grade(buildPromotable({ rootCause: { service: 'db', category: 'x', summary } }))).markdown,
        );
        expect(incident.rootCause?.summary).toBe(text.replace(/ {2,}/g, ' '));
      }),
    );
  });
});

describe('commands of a draft', () => {
  const commandLine = fc
    .array(
      fc.constantFrom(
        ...HOSTILE.filter((text) => !/\p{Cc}|\p{Cs}|\p{Zl}|\uFEFF/u.test(text)),
        'kubectl',
        '|',
        '\\',
        '&&',
        '$ ',
        '# a',
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((parts) => parts.join(''));

  it('are those that were stored, character by character, and no others', () => {
    fc.assert(
      fc.property(fc.array(fc.array(commandLine, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (scripts) => {
        const stored = scripts.map((lines) => lines.join('\n').trim()).filter((command) => command !== '');
        const diagnosis = buildPromotable({ mitigation: stored.map((command) => buildStep({ commands: [command] })) });
        const { incident, problems } = read(draftOf(grade(diagnosis)).markdown);
        expect(problems).toEqual([]);
        expect(incident.steps.map(({ commands }) => commands)).toEqual(stored.map((command) => [command]));
      }),
      { numRuns: 60 },
    );
  });
});
