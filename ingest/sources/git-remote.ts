import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SimpleGit } from 'simple-git';
import { PrecedentError } from '../../src/domain/errors.ts';
import { type GitSource, nameOf, tellUrl, tellUrlsIn } from '../../src/domain/knowledge-source.ts';

export interface Credentials {
  readonly username?: string;
  readonly token?: string;
}

/** A repository as git is told of it. No part of it is secret but `authorization` and `secrets`. */
export interface Remote {
  readonly url: string;
  /** As it is shown to people: the path for a repository on this machine. */
  readonly location: string;
  readonly ref: string | undefined;
  readonly authorization: { readonly origin: string; readonly header: string } | undefined;
  /** Never to be seen in a message. */
  readonly secrets: readonly string[];
}

/** Any user name goes with a token at most hosts; this one goes with an app's token at GitHub as well. */
const TOKEN_USER = 'x-access-token';

export function readRemote(source: GitSource, given: Credentials): Remote {
  assertHarmless(source);
  const ref = source.ref;
  if (isLocalPath(source.git)) {
    // As a URL, because git takes a path as an order to copy the whole repository instead of one commit.
    const path = resolve(source.git);
    return { url: pathToFileURL(path).href, location: path, ref, authorization: undefined, secrets: [] };
  }
  if (!/^https?:/i.test(source.git)) {
    return { url: source.git, location: tellUrl(source.git), ref, authorization: undefined, secrets: [] };
  }
  const url = parseUrl(source);
  const username = given.username ?? decode(url.username);
  const token = given.token ?? decode(url.password);
  url.username = '';
  url.password = '';
  const basic = Buffer.from(`${username || TOKEN_USER}:${token}`).toString('base64');
  const authorization = { origin: url.origin, header: `Authorization: Basic ${basic}` };
  return {
    url: url.href,
    location: tellUrl(source.git),
    ref,
    authorization: token === '' ? undefined : authorization,
    secrets: token === '' ? [] : [token, encodeURIComponent(token), basic],
  };
}

function parseUrl(source: GitSource): URL {
  if (URL.canParse(source.git)) return new URL(source.git);
  const message = `\`git\` of the source ${nameOf(source)} (${tellUrl(source.git)}) is no URL: mend it, and name the variables of its user and token by \`usernameEnv\` and \`tokenEnv\``;
  throw new PrecedentError('config-invalid', message);
}

/** A `%` of a password that was never encoded stays. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What begins with `-` is an option to git, and `ext::` a command to run. */
function assertHarmless({ git, ref }: GitSource): void {
  if (git.startsWith('-') || /^[\w-]+::/.test(git)) {
    throw new PrecedentError('config-invalid', `\`git: ${tellUrlsIn(git)}\` is no repository: give a URL or a path`);
  }
  const isRef = ref === undefined || (/^[\w.][\w./@#+%=,-]*$/.test(ref) && !ref.includes('..'));
  if (!isRef) {
    throw new PrecedentError('config-invalid', `\`ref: ${ref}\` is no branch, tag or commit`);
  }
}

/** Git's own rule: a colon before the first slash names a host, `git@git.example.com:ops/runbooks.git`. */
function isLocalPath(location: string): boolean {
  return existsSync(location) || /^[A-Za-z]:[\\/]/.test(location) || !/^[^/]*:/.test(location);
}

export interface RemoteHead {
  /** Name of the branch or tag in full, or the commit itself: what can be fetched. */
  readonly name: string;
  readonly sha: string;
}

/** Asks the repository for the wanted branch, tag or commit; a branch goes before a tag of the same name. */
export async function findRemoteHead(git: SimpleGit, { url, ref, location }: Remote): Promise<RemoteHead> {
  if (ref !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(ref)) return { name: ref, sha: ref };
  const names = ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref];
  const answer = await git.raw(['ls-remote', '--', url, ...names, ...names.map((name) => `${name}^{}`)]);
  const found = new Map(answer.split('\n').map((line) => [line.split('\t')[1] ?? '', line.split('\t')[0] ?? '']));
  const name = names.find((one) => found.has(one));
  const sha = name && (found.get(`${name}^{}`) ?? found.get(name));
  if (name && sha) return { name, sha };
  if (ref === undefined) throw new Error(`${location} has no commit yet`);
  throw new Error(`${location} has no branch or tag \`${ref}\` (a commit must be given with all its 40 digits)`);
}
