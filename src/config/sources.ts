import { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import {
  ConfluenceSource,
  DirectorySource,
  GitSource,
  holdsPassword,
  type KnowledgeSource,
  nameOf,
  SiteSource,
} from '../domain/knowledge-source.ts';

export interface Credentials {
  readonly username?: string;
  readonly token?: string;
}

export interface ListedSources {
  readonly sources: readonly KnowledgeSource[];
  /** By the name of the source. */
  readonly credentials: ReadonlyMap<string, Credentials>;
  readonly problems: readonly Problem[];
}

/** The key that says what kind of source it is, and what that kind may hold. */
const SCHEMAS: Readonly<Record<string, z.ZodType<KnowledgeSource>>> = {
  directory: DirectorySource,
  git: GitSource,
  confluence: ConfluenceSource,
  site: SiteSource,
};

const NO_PASSWORD =
  'must hold no password: put the secret into an environment variable and name it by `tokenEnv`, and its user by `usernameEnv`';
const NO_SITE_PASSWORD = 'must hold no password: only sites that ask for none can be read';

/** The `sources` of precedent.yaml with the secrets that they name in `env`; every mistake at once. */
export function readSources(listed: unknown, env: NodeJS.ProcessEnv): ListedSources {
  const items = z.array(z.record(z.string(), z.unknown())).safeParse(listed ?? []);
  if (!items.success) {
    const message = 'must be a list of mappings, each with `directory`, `git`, `confluence` or `site`';
    return { sources: [], credentials: new Map(), problems: [{ path: 'sources', message }] };
  }
  const problems: Problem[] = [];
  const wrong = (path: string, message: string) => problems.push({ path, message });
  const sources = items.data.flatMap((item, at) => readSource(item, `sources.${at}`, wrong));
  const credentials = new Map(
    sources.map((source, at) => [nameOf(source), readCredentials(source, `sources.${at}`, env, wrong)] as const),
  );
  reportSharedNames(sources, wrong);
  return { sources, credentials, problems };
}

type Report = (path: string, message: string) => void;

function readSource(item: Readonly<Record<string, unknown>>, path: string, wrong: Report): KnowledgeSource[] {
  const kinds = Object.keys(SCHEMAS).filter((key) => key in item);
  const [kind = ''] = kinds;
  const schema = SCHEMAS[kind];
  if (schema === undefined || kinds.length > 1) {
    wrong(path, 'must have exactly one of `directory`, `git`, `confluence` and `site`');
    return [];
  }
  const location = item[kind];
  if (kind !== 'directory' && typeof location === 'string' && holdsPassword(location)) {
    wrong(`${path}.${kind}`, kind === 'site' ? NO_SITE_PASSWORD : NO_PASSWORD);
    return [];
  }
  const parsed = schema.safeParse(item);
  if (parsed.success) return [parsed.data];
  for (const issue of parsed.error.issues) wrong([path, ...issue.path].join('.'), issue.message);
  return [];
}

function readCredentials(source: KnowledgeSource, path: string, env: NodeJS.ProcessEnv, wrong: Report): Credentials {
  const read = (field: string, variable: string | undefined): string | undefined => {
    const value = variable === undefined ? undefined : env[variable]?.trim();
    if (variable !== undefined && !value) {
      wrong(`${path}.${field}`, `the environment variable ${variable} is not set`);
    }
    return value;
  };
  const username = read('usernameEnv', 'usernameEnv' in source ? source.usernameEnv : undefined);
  const token = read('tokenEnv', 'tokenEnv' in source ? source.tokenEnv : undefined);
  return { ...(username ? { username } : {}), ...(token ? { token } : {}) };
}

/** Names prefix paths and ids, so two sources of one name would hide each other's documents. */
function reportSharedNames(sources: readonly KnowledgeSource[], wrong: Report): void {
  const names = sources.map(nameOf);
  names.forEach((name, at) => {
    if (names.indexOf(name) === at) return;
    wrong(`sources.${at}`, `is called ${name} like another one: give it a \`name\` of its own`);
  });
}
