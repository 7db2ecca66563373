import { type Clause, HIDDEN } from './shell-clauses.ts';

/** A script that a command runs, and what it is fed. */
export interface InnerScript {
  readonly script: string;
  readonly input: Clause['input'];
}

/** Programs that run the words behind them, with the flags of theirs that take a value. */
const RUNNERS: Readonly<Record<string, { readonly valued: RegExp; readonly skips: number; readonly joins?: true }>> = {
  xargs: { valued: /^-[nILPasdE]$|^--(?:max-args|replace|max-procs|arg-file|delimiter)$/, skips: 0 },
  ssh: { valued: /^-[bcDEeFIiJLlmOopQRSWw]$/, skips: 1, joins: true },
  timeout: { valued: /^-[sk]$|^--(?:signal|kill-after)$/, skips: 1 },
  watch: { valued: /^-n$|^--interval$/, skips: 0, joins: true },
  nohup: { valued: /^$/, skips: 0 },
  nice: { valued: /^-n$/, skips: 0 },
  ionice: { valued: /^-[cn]$/, skips: 0 },
  command: { valued: /^$/, skips: 0 },
  exec: { valued: /^-a$/, skips: 0 },
  chroot: { valued: /^$/, skips: 1 },
};

const DOCKER_EXEC = { valued: /^-[uew]$|^--(?:user|env|workdir)$/, skips: 1 };

/** What `kubectl exec … --`, `docker exec`, `ssh`, `xargs`, `sh -c` and the like run; undefined for other commands. */
export function findInnerScripts({ words, input }: Pick<Clause, 'words' | 'input'>): InnerScript[] | undefined {
  const program = programOf(words);
  if (isShell(program)) return readShell(words, input);
  if (/^(?:kubectl|oc|k)$/.test(program)) {
    const separator = words.indexOf('--');
    if (separator < 0 || !words.slice(1, separator).includes('exec')) return undefined;
    return [{ script: quote(words.slice(separator + 1)), input }];
  }
  if (/^(?:docker|podman)$/.test(program)) {
    const at = words.indexOf('exec');
    return at > 0 && at < 4 ? runBy(DOCKER_EXEC, words.slice(at + 1), input) : undefined;
  }
  const runner = Object.hasOwn(RUNNERS, program) ? RUNNERS[program] : undefined;
  // What xargs is fed are further words of the command, not its input.
  return runner ? runBy(runner, words.slice(1), program === 'xargs' ? undefined : input) : undefined;
}

export function programOf([first = '']: readonly string[]): string {
  return first.slice(first.lastIndexOf('/') + 1);
}

export function isShell(program: string): boolean {
  return /^(?:ba|z|da|k)?sh$/.test(program);
}

/** `sh -c '…'`, or a script from its input; a file that it runs is not known. */
function readShell(words: readonly string[], input: Clause['input']): InnerScript[] | undefined {
  const at = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (at > 0) return words.slice(at + 1, at + 2).map((script) => ({ script, input }));
  return typeof input === 'string' ? [{ script: input, input: undefined }] : undefined;
}

function runBy(
  { valued, skips, joins }: { readonly valued: RegExp; readonly skips: number; readonly joins?: true },
  words: readonly string[],
  input: Clause['input'],
): InnerScript[] | undefined {
  let at = 0;
  while (words[at]?.startsWith('-')) at += valued.test(words[at] ?? '') ? 2 : 1;
  const inner = words.slice(at + skips);
  if (inner.length === 0) return undefined;
  return [{ script: joins ? inner.join(' ') : quote(inner), input }];
}

function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
}

/** True for a shell that runs what nobody can read here: `curl … | sh`. */
export function runsHiddenScript({ words, input }: Pick<Clause, 'words' | 'input'>): boolean {
  const isInterpreter = /^(?:python[\d.]*|perl|ruby|node)$/.test(programOf(words)) && !words.includes('-c');
  return input === HIDDEN && (isInterpreter || isShell(programOf(words)));
}
