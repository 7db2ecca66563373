import { z } from 'zod';

/** Patterns of file paths inside a source, with `/` separators, where two stars span folders. */
const Globs = z.array(z.string().min(1)).min(1);

/** Which files are what. Without any of these the folders' names and the files' own words decide. */
const kindGlobs = {
  runbooks: Globs.optional(),
  incidents: Globs.optional(),
  topology: Globs.optional(),
  /** Prometheus rule files: not knowledge, but what `precedent coverage` and `precedent diff` ask with. */
  rules: Globs.optional(),
};
export const KindGlobs = z.object(kindGlobs);
export type KindGlobs = Readonly<z.infer<typeof KindGlobs>>;

/** Prefixes every path and id of the source, so that two sources never clash. */
const SourceName = z
  .string()
  .regex(/^[A-Za-z0-9][\w.-]*$/, 'must be one word of letters, digits, `.`, `_` and `-`')
  .optional();

/** The name of an environment variable, never the secret itself: the file may then live in git. */
const SecretName = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as RUNBOOKS_TOKEN');

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });

export const DirectorySource = z.strictObject({ directory: z.string().min(1), name: SourceName, ...kindGlobs });

export const GitSource = z.strictObject({
  /** A URL that git understands, or the path of a repository on this machine. */
  git: z.string().min(1),
  /** Branch, tag or commit; the remote's own default otherwise. */
  ref: z.string().min(1).optional(),
  subfolder: z.string().min(1).optional(),
  usernameEnv: SecretName.optional(),
  tokenEnv: SecretName.optional(),
  name: SourceName,
  ...kindGlobs,
});

/** What every page of a source without folders is; without it each page's own words decide. */
const PageKind = z.enum(['runbook', 'incident']).optional();

export const ConfluenceSource = z.strictObject({
  confluence: httpUrl,
  space: z.string().min(1),
  kind: PageKind,
  usernameEnv: SecretName.optional(),
  tokenEnv: SecretName.optional(),
  name: SourceName,
});

export const SiteSource = z.strictObject({
  /** A sitemap (`….xml`), or a page whose links below it are followed. */
  site: httpUrl,
  /** Only pages whose URL path matches one of these. */
  include: Globs.optional(),
  /** How many links deep to go from the first page; a sitemap needs none. */
  maxDepth: z.int().min(1).max(10).optional(),
  kind: PageKind,
  name: SourceName,
});

/** One place that knowledge comes from, as `precedent.yaml` lists it under `sources`. */
export const KnowledgeSource = z.union([DirectorySource, GitSource, ConfluenceSource, SiteSource]);
export type KnowledgeSource = Readonly<z.infer<typeof KnowledgeSource>>;
export type DirectorySource = Readonly<z.infer<typeof DirectorySource>>;
export type GitSource = Readonly<z.infer<typeof GitSource>>;
export type ConfluenceSource = Readonly<z.infer<typeof ConfluenceSource>>;
export type SiteSource = Readonly<z.infer<typeof SiteSource>>;

/** Its own name, or the last word of where it lies: `runbooks` for `https://git.example.com/ops/runbooks.git`. */
export function nameOf(source: KnowledgeSource): string {
  if (source.name !== undefined) return source.name;
  if ('confluence' in source) return toName(source.space);
  if ('site' in source) return toName(new URL(source.site).hostname);
  return toName('git' in source ? tellUrl(source.git).replace(/(?:\.git)?\/*$/, '') : source.directory);
}

/**
 * Where a source lies, as it may be told: a URL without its user, password, query and fragment, any of which may be a
 * secret. Paths and `git@host:path` stay as they are.
 */
export function tellUrl(location: string): string {
  const [, scheme = '', rest = ''] = /^\s*((?:https?:|[a-z][a-z\d+.-]*:(?=\/\/))[/\\]*)(.*)$/is.exec(location) ?? [];
  if (scheme === '') return location;
  const url = URL.canParse(location) ? new URL(location) : undefined;
  // With a password of `12/ab`, what looks like host and port is the user and the begin of the password.
  if (url === undefined || (url.pathname.includes('@') && /^[^/\\]*:/.test(rest))) {
    return rest.includes('@') ? scheme + rest.slice(rest.lastIndexOf('@') + 1).split(/[?#]/, 1)[0] : location;
  }
  if (!url.username && !url.password && !/[?#]/.test(rest)) return location;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href;
}

/** A text, such as what git or the network says, with the URLs in it as they may be told. */
export function tellUrlsIn(text: string): string {
  return text.replace(/\b[a-z][a-z\d+.-]{0,20}:\/\/[^\s'"<>]+/gi, tellUrl);
}

/** Whether a password stands in the URL, where configuration and logs would tell it. */
export function holdsPassword(location: string): boolean {
  if (!URL.canParse(location)) return tellUrl(location) !== location;
  return new URL(location).password !== '';
}

function toName(location: string): string {
  const last = location.split(/[/\\:]/).findLast((part) => /[A-Za-z0-9]/.test(part)) ?? '';
  return last.replace(/[^\w.-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'knowledge';
}

/** A source as it was read: part of the generation, so that anyone can compare what is served with the head. */
export const SourceState = z.object({
  /** Empty for KNOWLEDGE_DIR alone, whose paths have no prefix. */
  name: z.string(),
  kind: z.enum(['directory', 'git', 'confluence', 'site']),
  /** Folder or URL, without credentials. */
  location: z.string(),
  ref: z.string().optional(),
  /** Commit that was read, where the source is in git; for pages fetched, a hash over all of them. */
  sha: z.string().optional(),
  /** Files differ from that commit. */
  dirty: z.boolean().optional(),
});
export type SourceState = Readonly<z.infer<typeof SourceState>>;

/** The source as it is configured, without any commit. Credentials in its URL are not told. */
export function toSourceState(source: KnowledgeSource): SourceState {
  const [kind, location] = placeOf(source);
  const ref = 'ref' in source && source.ref !== undefined ? { ref: source.ref } : {};
  return { name: nameOf(source), kind, location: tellUrl(location), ...ref };
}

function placeOf(source: KnowledgeSource): [SourceState['kind'], string] {
  if ('git' in source) return ['git', source.git];
  if ('confluence' in source) return ['confluence', source.confluence];
  return 'site' in source ? ['site', source.site] : ['directory', source.directory];
}
