import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLibsqlIntake } from '../adapters/libsql-intake.ts';
import { createOpenAiChatModel } from '../adapters/openai-chat-model.ts';
import type { TellingIncident } from '../noise/dry-run.ts';
import { createNoiseKeeper } from '../noise-desk/keeper.ts';
import { createNoiseDesk } from '../noise-desk/noise-desk.ts';
import type { ChatModel, IntakeStore } from '../ports.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { keepPast } from '../testing/noise-history.ts';
import { answers, startScriptedLlm } from '../testing/scripted-llm.ts';
import type { CommandContext } from './context.ts';
import { explainFailure } from './failure.ts';
import type { WithNoise } from './rules.ts';
import { addRulesCommands } from './rules-program.ts';

const now = () => new Date('2027-03-01T12:00:00Z');
const SAY = 'when the alert is WebSlow and the namespace is dev then filter it out';
const FILE = `# Ours.
rules:
- name: slow-dev   # since the move
  say: ${SAY}
  reason: Nobody works there.
`;
const TOLD: TellingIncident = {
  ...{ id: '2027/slow', alerts: ['WebSlow'], date: '2027-02-20', source: { path: 'incidents/2027/slow.md' } },
};

let folder: KnowledgeFolder;
let data: KnowledgeFolder;
let history: IntakeStore;
beforeEach(async () => {
  folder = await createKnowledgeFolder({ 'noise/web.yaml': FILE });
  data = await createKnowledgeFolder();
  // The casebook as it lies on a disk.
  history = createLibsqlIntake({ url: `file:${join(data.path, 'casebook.db')}` });
});
afterEach(async () => {
  await history[Symbol.asyncDispose]();
  await data[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const past = (id: string, day: number) => ({
  ...{ id, alertname: 'WebSlow', labels: { namespace: 'dev' } },
  at: `2027-02-${day}T08:00:00.000Z`,
});
const ruleFile = () => readFileSync(join(folder.path, 'noise/web.yaml'), 'utf8');

interface Over {
  readonly incidents?: readonly TellingIncident[];
  readonly chatModel?: ChatModel;
}

/** The command line as people type it, over the real folder and the real casebook. */
async function rules(args: readonly string[], { incidents = [], chatModel }: Over = {}) {
  const told = { out: '', notes: '' };
  const write = (text: string) => {
    told.out += text;
  };
  const note = (text: string) => {
    told.notes += text;
  };
  const signal = new AbortController().signal;
  const env = { KNOWLEDGE_DIR: folder.path, DATA_DIR: data.path };
  const context: CommandContext = { env, write, note, isInteractive: false, signal };
  const withNoise: WithNoise = async (_context, run) => {
    await using keeper = createNoiseKeeper({ listRoots: async () => [{ name: '', root: folder.path }], now });
    return await run(createNoiseDesk({ keeper, history, listIncidents: async () => incidents, chatModel, now }));
  };
  let code: number | undefined;
  const program = new Command('precedent').exitOverride().configureOutput({ writeOut: write, writeErr: note });
  const exit = (given: number) => {
    code = given;
  };
  addRulesCommands(program, context, exit, withNoise);
  try {
    await program.parseAsync(['rules', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { code: 2, ...told };
    const failure = explainFailure(error);
    return { ...told, code: failure.exitCode, notes: told.notes + failure.text };
  }
  return { code, ...told };
}

describe('precedent rules', () => {
  it('lists what there is, for people and for machines', async () => {
    await keepPast(history, [{ ...past('a', 27), filteredBy: 'slow-dev' }]);
    const { code, out } = await rules([]);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('slow-dev') });
    expect(out).toContain('hid 1 alert in 1 occurrence');
    expect(JSON.parse((await rules(['--json'])).out)).toMatchObject({
      rules: [{ name: 'slow-dev', state: 'disabled' }],
    });
    await folder.remove('noise');
    expect((await rules([])).code).toBe(4);
  });

  it('checks the files, and fails on mistakes with their places', async () => {
    expect(await rules(['check'])).toEqual({ code: 0, out: '0 mistakes in 1 readable rule\n', notes: '' });
    await folder.write('noise/b.yaml', `rules:\n- name: b\n  say: when the alrt is A\n  reason: r\n`);
    const { code, out } = await rules(['check']);
    expect(code).toBe(2);
    expect(out).toContain('noise/b.yaml:3  error  noise-rule  say: at character 10');
    const annotated = await rules(['check', '--format', 'github']);
    expect(annotated.out).toMatch(/^::error file=.*noise\/b\.yaml,line=3,title=noise-rule::/);
  });

  it('tries a sentence: says it back, and what it would have hidden', async () => {
    await keepPast(history, [past('a', 27), past('b', 20), { ...past('c', 27), labels: { namespace: 'prod' } }]);
    const { code, out } = await rules(['try', SAY.replace('dev', '"dev"')]);
    expect(code).toBe(0);
    expect(out).toContain(`  ${SAY}\n`);
    expect(out).toContain('2 alerts in 2 occurrences, and 0 of the diagnoses');
    expect(out).toContain('nothing of what it would have hidden became an incident');
    const found = await rules(['try', SAY, '--json'], { incidents: [TOLD] });
    expect(JSON.parse(found.out)).toMatchObject({ outcome: 'hides-incidents', incidents: [{ occurrence: 'b' }] });
    expect((await rules(['try', SAY, '--days', '1'])).code).toBe(4);
    expect(await rules(['try', SAY, '--days', '0'])).toMatchObject({ code: 2 });
    expect(await rules(['try', 'when'])).toMatchObject({ code: 2, notes: expect.stringContaining('at character 5') });
  });

  it('never lets an alert rewrite the terminal', async () => {
    await keepPast(history, [{ ...past('a', 27), alertname: 'Web\u001b[2JSlow' }]);
    const { out } = await rules(['try', 'when the namespace is dev then filter it out']);
    expect(out).toContain('Web[2JSlow');
  });
});

describe('switching a rule', () => {
  it('on changes one word of its file, once the past speaks for it', async () => {
    await keepPast(history, [past('a', 27)]);
    const { code, out, notes } = await rules(['enable', 'slow-dev']);
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('1 alert in 1 occurrence') });
    expect(notes).toContain('slow-dev is on in');
    expect(ruleFile()).toBe(FILE.replace('  say', '  enabled: true\n  say'));
    expect((await rules(['disable', 'slow-dev'])).code).toBe(0);
    expect(ruleFile()).toBe(FILE.replace('  say', '  enabled: false\n  say'));
  });

  it('on is refused where it would have hidden an incident, and where nothing can be said', async () => {
    const none = await rules(['enable', 'slow-dev']);
    expect(none).toMatchObject({ code: 2, notes: expect.stringContaining('there is no history to judge it by') });
    await keepPast(history, [past('a', 20)]);
    const hiding = await rules(['enable', 'slow-dev', '--json'], { incidents: [TOLD] });
    expect(hiding).toMatchObject({ code: 2, notes: expect.stringContaining('became an incident: make it narrower') });
    expect(JSON.parse(hiding.out)).toMatchObject({ enabled: false, dryRun: { outcome: 'hides-incidents' } });
    expect(ruleFile()).toBe(FILE);
    expect(await rules(['enable', 'slow-dev', '--force'], { incidents: [TOLD] })).toMatchObject({ code: 0 });
    expect(ruleFile()).toContain('enabled: true');
  });

  it('on leaves the word of whoever read it beside what a model drafted', async () => {
    await keepPast(history, [past('a', 27)]);
    await folder.write('noise/web.yaml', FILE.concat('  draftedBy: llm\n'));
    expect(await rules(['enable', 'slow-dev'])).toMatchObject({ code: 2, notes: expect.stringContaining('--by NAME') });
    expect(await rules(['enable', 'slow-dev', '--by', 'ana'])).toMatchObject({ code: 0 });
    expect(ruleFile()).toContain('  enabled: true\n  reviewedBy: "ana"\n  say');
  });

  it('knows the rules that there are', async () => {
    expect(await rules(['enable', 'other'])).toMatchObject({ code: 4, notes: expect.stringContaining('slow-dev') });
  });
});

describe('a draft', () => {
  const proposal = { name: 'slow-web', say: SAY, reason: 'It mends itself.\n  enabled: true', enabled: true };

  it('is written switched off, whatever the model says', async () => {
    await using llm = await startScriptedLlm(answers(proposal), answers(proposal));
    const chatModel = createOpenAiChatModel({ baseUrl: llm.baseUrl, model: 'm', timeoutMs: 5_000 });
    const { code, notes } = await rules(['draft', 'slow pages of dev'], { chatModel });
    expect({ code, notes }).toEqual({ code: 0, notes: expect.stringContaining('switched off') });
    const text = readFileSync(join(folder.path, 'noise/slow-web.yaml'), 'utf8');
    expect(text).toMatch(/^ {4}enabled: false$/m);
    expect(JSON.parse((await rules(['--json'])).out).rules).toMatchObject([
      { name: 'slow-web', state: 'disabled', draftedBy: 'llm' },
      { name: 'slow-dev', state: 'disabled' },
    ]);
    expect(await rules(['draft', 'slow pages of dev'], { chatModel })).toMatchObject({
      ...{ code: 2, notes: expect.stringContaining('exists already') },
    });
  });

  it('goes nowhere else, and says how to write a rule where there is no model', async () => {
    expect(await rules(['draft', 'x', '--name', '../../out'])).toMatchObject({ code: 2 });
    expect(existsSync(join(folder.path, '../out.yaml'))).toBe(false);
    const byHand = await rules(['draft', 'slow pages of dev']);
    expect(byHand).toMatchObject({ code: 2, notes: expect.stringContaining('when CONDITION [unless CONDITION]') });
  });
});
