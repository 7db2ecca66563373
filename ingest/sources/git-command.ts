import { isAbsolute, join } from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { messageOf } from '../../src/domain/errors.ts';
import { tellUrlsIn } from '../../src/domain/knowledge-source.ts';

export interface GitCommandOptions {
  /** What git inherits: where it is, whose configuration it reads, proxies, the SSH agent. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Sent to `origin` alone, by way of the environment: argument lists and files on disk can be read by others. */
  readonly authorization?: { readonly origin: string; readonly header: string } | undefined;
  /** Milliseconds without a sign of life after which git is stopped. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Nothing else of the environment: git has no need for the keys of an LLM. */
const INHERITED = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'SystemRoot',
  'TMPDIR',
  'TEMP',
  'TMP',
  'LANG',
  'XDG_CONFIG_HOME',
  'SSH_AUTH_SOCK',
  'GIT_SSH_COMMAND',
  'GIT_SSL_CAINFO',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
];

/**
 * Git that asks nobody, runs nothing that a repository brings along, and works in `folder` and nowhere else: with
 * GIT_DIR set, a broken copy is an error, where git would otherwise look for a repository in the folders above.
 */
export function createGit(folder: string, options: GitCommandOptions): SimpleGit {
  if (!isAbsolute(folder)) throw new Error(`git needs the whole path of its folder, and got ${folder}`);
  const git = simpleGit({
    baseDir: folder,
    maxConcurrentProcesses: 1,
    timeout: { block: options.patienceMs },
    errors: detectFailure,
    ...(options.signal === undefined ? {} : { abort: options.signal }),
    // These guard against values from strangers; all that is set below is ours or the operator's own.
    unsafe: {
      allowUnsafeConfigEnvCount: true,
      allowUnsafeHooksPath: true,
      allowUnsafeSshCommand: true,
      allowUnsafeTemplateDir: true,
    },
  });
  return git.env(buildEnvironment(folder, options));
}

function buildEnvironment(folder: string, { environment, authorization }: GitCommandOptions): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    LC_ALL: 'C',
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(inherited),
    GIT_DIR: join(folder, '.git'),
    GIT_WORK_TREE: folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_LFS_SKIP_SMUDGE: '1',
    GIT_ALLOW_PROTOCOL: 'file:git:http:https:ssh',
    ...toConfigEnvironment([
      ['core.hooksPath', '/dev/null'],
      ['core.autocrlf', 'false'],
      ['core.logAllRefUpdates', 'false'],
      ['gc.autoDetach', 'false'],
      ['maintenance.autoDetach', 'false'],
      ...(authorization ? [[`http.${authorization.origin}/.extraHeader`, authorization.header] as const] : []),
    ]),
  };
}

function toConfigEnvironment(settings: readonly (readonly [string, string])[]): Record<string, string> {
  const pairs = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(settings.length) };
}

/** By itself simple-git believes a git that was killed, or failed without a word. */
export function detectFailure(
  error: Buffer | Error | undefined,
  { exitCode }: { readonly exitCode: number },
): Buffer | Error | undefined {
  return error ?? (exitCode === 0 ? undefined : new Error(`git was stopped (exit code ${exitCode})`));
}

/** What git said of its failure, on one line and without what must not be told. */
export function explainGit(error: unknown, secrets: readonly (string | undefined)[]): string {
  const lines = messageOf(error).split('\n');
  const telling = lines.filter((line) => /^(?:fatal|error|remote|ssh): |denied|timeout/i.test(line));
  const text = (telling.length > 0 ? telling : lines).join(' ').replace(/\s+/g, ' ').trim();
  const hidden = secrets.reduce<string>((told, secret) => (secret ? told.replaceAll(secret, '[hidden]') : told), text);
  return tellUrlsIn(hidden).slice(0, 400);
}
