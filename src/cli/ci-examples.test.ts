import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PROJECT_DIR } from '../config.ts';
import { runProgram } from './program.ts';

const FILES = ['.github/workflows/knowledge.yaml', 'examples/ci/github-actions.yaml', 'examples/ci/gitlab-ci.yaml'];

/** Every string under `run` (GitHub) or `script` (GitLab), wherever it stands. */
function listScripts(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(listScripts);
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if ((key === 'run' && typeof value === 'string') || key === 'script') return [value].flat().map(String);
    return listScripts(value);
  });
}

/** The words after `precedent.js`, up to where the shell begins something else; what a variable may add is added. */
function listCommands(script: string): string[][] {
  const plain = script.replace(/\$\{\w+:\+([^{}]*)\}/g, '$1');
  return [...plain.matchAll(/bin\/precedent\.js ([^;|>\n]*)/g)].map(([, words = '']) => words.trim().split(/\s+/));
}

async function helpOf(command: string): Promise<string> {
  let out = '';
  const code = await runProgram([command, '--help'], {
    env: {},
    write: (text) => {
      out += text;
    },
    note: (text) => {
      out += text;
    },
    isInteractive: false,
    signal: new AbortController().signal,
  });
  expect(code, out).toBe(0);
  return out;
}

describe.each(FILES)('%s', (file) => {
  const commands = listScripts(parse(readFileSync(join(PROJECT_DIR, file), 'utf8'))).flatMap(listCommands);

  it('runs lint and diff', () => {
    expect(commands.map(([command]) => command)).toEqual(expect.arrayContaining(['lint', 'diff']));
  });

  it('runs only commands that there are, with the flags that they have', async () => {
    for (const [command = '', ...words] of commands) {
      const help = await helpOf(command);
      for (const [at, word] of words.entries()) {
        if (!word.startsWith('--')) continue;
        expect(help, `${command} ${word}`).toMatch(new RegExp(`${word}\\b`));
        if (word === '--format') expect(help, `${command} --format`).toContain(`"${words[at + 1]}"`);
      }
    }
  });

  it('is given no more rights than to read, and runs no text that others wrote', () => {
    const text = readFileSync(join(PROJECT_DIR, file), 'utf8');
    expect(text).not.toMatch(/pull_request_target|: write\b/);
    for (const script of listScripts(parse(text))) expect(script).not.toContain('${{');
  });
});
