import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { switchRule, writeRuleFile } from './edit-rules.ts';
import { mergeNoiseFiles, readNoiseFile } from './read-rules.ts';

const SAY = 'when the alert is WebSlow then filter it out';

const FILE = `# What nobody need be told.
rules:
- name: slow-web   # since the move
  say: >-
    when the alert is WebSlow
    and the namespace is one of staging, dev
    then filter it out
  enabled: false   # until somebody looks
  reason: Nobody works there.
  owner: shop

- { name: old, say: '${SAY}', reason: gone, until: 2026-12-31 }
`;

const read = (text: string) => readNoiseFile(text, 'noise/web.yaml');
const problemsOf = (text: string) => read(text).problems.map(({ line, message }) => `${line}: ${message}`);

describe('a file of noise rules', () => {
  it('is read rule by rule, with where each stands', () => {
    const { rules, problems } = read(FILE);
    expect(problems).toEqual([]);
    expect(rules).toMatchObject([
      { name: 'slow-web', enabled: false, owner: 'shop', path: 'noise/web.yaml', line: 3 },
      { name: 'old', enabled: false, until: '2026-12-31', line: 12 },
    ]);
    expect(rules[0]?.say).toBe('when the alert is WebSlow and the namespace is one of staging, dev then filter it out');
  });

  it('holds a rule to the earlier of two last days', () => {
    const say = 'when the alert is A until 2026-05-01 then filter it out';
    expect(read(`rules: [{name: a, say: '${say}', reason: r, until: 2026-06-01}]`).rules[0]?.until).toBe('2026-05-01');
  });

  it.each([
    ['rules: [', /^1: not readable: /],
    ['- a', /^1: a file of noise rules holds one list/],
    ['rules: yes', /^1: a file of noise rules holds one list/],
    ['rules:\n- 5', /^2: a rule is a map/],
    [`rules:\n- say: ${SAY}\n  reason: r`, /^2: name: is needed/],
    [`rules:\n- name: a\n  say: ${SAY}`, /^2: reason: is needed/],
    [`rules:\n- name: A b\n  say: ${SAY}\n  reason: r`, /^2: name: must be small letters/],
    [`rules:\n- name: a\n  reason: r\n  say: when the alrt is b`, /^4: say: at character 10: .*did you mean “alert”/],
    [
      `rules:\n- name: a\n  say: ${SAY}\n  reason: r\n  enable: true`,
      /^5: “enable” is nothing .*did you mean `enabled`/,
    ],
    [`rules:\n- name: a\n  say: ${SAY}\n  reason: r\n  enabled: yes please`, /^5: enabled: /],
    [`rules:\n- name: a\n  say: ${SAY}\n  reason: r\n  until: 2026-02-30`, /^5: until: must be a day/],
  ])('%j is a problem with its line', (text, message) => {
    expect(read(text).rules).toEqual([]);
    expect(problemsOf(text)).toEqual([expect.stringMatching(message)]);
  });

  it('keeps the rules beside one that is wrong', () => {
    const { rules, problems } = read(
      `rules:\n- {name: a, say: nothing, reason: r}\n- {name: b, say: ${SAY}, reason: r}`,
    );
    expect(rules.map(({ name }) => name)).toEqual(['b']);
    expect(problems).toHaveLength(1);
  });

  it('refuses what a model drafted and nobody reviewed', () => {
    const rule = `name: a, say: ${SAY}, reason: r, enabled: true, draftedBy: llm`;
    expect(problemsOf(`rules: [{${rule}}]`)).toEqual([expect.stringContaining('nobody has reviewed it')]);
    expect(read(`rules: [{${rule}, reviewedBy: ana}]`).rules).toMatchObject([{ enabled: true, reviewedBy: 'ana' }]);
  });

  it('takes the first of two rules with one name, and tells of the other', () => {
    const file = { rules: read(FILE).rules, problems: [] };
    const { rules, problems } = mergeNoiseFiles([file, file]);
    expect(rules).toHaveLength(2);
    expect(problems[0]?.message).toBe('slow-web is the name of a rule in noise/web.yaml:3');
  });

  it('never throws, and resolves no aliases', () => {
    const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nrules: [{name: *b, say: *b, reason: *b}]`;
    expect(problemsOf(bomb).length).toBeGreaterThan(0);
    const lines = fc.constantFrom(
      'rules:',
      '- name: a',
      `  say: ${SAY}`,
      '  reason: r',
      '  enabled: true',
      '- {',
      '&a',
      '*a',
      '\t',
    );
    fc.assert(fc.property(fc.array(fc.oneof(lines, fc.string())), (parts) => void read(parts.join('\n'))));
  });
});

describe('switching a rule', () => {
  it('changes the one word, and leaves the rest as its author laid it out', () => {
    expect(switchRule(FILE, { name: 'slow-web', enabled: true })).toBe(
      FILE.replace('enabled: false   # until', 'enabled: true   # until'),
    );
  });

  it('adds the word where there was none', () => {
    const on = switchRule(FILE, { name: 'old', enabled: true, reviewedBy: 'ana' });
    expect(on).toBe(FILE.replace('old, say', 'old, enabled: true, reviewedBy: "ana", say'));
    const plain = `rules:\n  - name: a\n    say: ${SAY}\n    reason: r\n`;
    expect(switchRule(plain, { name: 'a', enabled: true })).toBe(
      plain.replace('    say', '    enabled: true\n    say'),
    );
    expect(
      switchRule(plain.replace('name: a\n    say', 'say').concat('    name: a\n'), { name: 'a', enabled: true }),
    ).toContain('  - enabled: true\n    say');
  });

  it('refuses what it cannot find or what would not be read', () => {
    expect(() => switchRule(FILE, { name: 'other', enabled: true })).toThrow('no rule is called other');
    const drafted = `rules: [{name: a, say: ${SAY}, reason: r, draftedBy: llm}]`;
    expect(() => switchRule(drafted, { name: 'a', enabled: true })).toThrow('a cannot be switched');
  });

  it('writes a new rule switched off, whatever its words are', () => {
    const text = writeRuleFile(
      { name: 'a', say: SAY, reason: 'x\n  enabled: true # {', draftedBy: 'llm' },
      'Drafted.\nenabled: true',
    );
    expect(text).toMatch(/^# Drafted\.\n# enabled: true\nrules:\n/);
    expect(read(text)).toMatchObject({ rules: [{ name: 'a', enabled: false, draftedBy: 'llm' }], problems: [] });
  });
});
