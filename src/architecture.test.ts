import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_DIR } from './config.ts';

interface Room {
  /** Files of the room, as prefixes of their path in the project; the longest prefix wins. */
  readonly files: readonly string[];
  /** Rooms it may import from; itself always. */
  readonly ours: readonly string[];
  /** Packages it may import, as prefixes; `*` is any. */
  readonly packages: readonly string[];
}

/** Modules of Node that touch nothing outside the process. */
const PURE_NODE = ['node:crypto', 'node:events', 'node:path', 'node:timers', 'node:zlib'];

/** Which room may open which door: docs/architecture.md tells why. */
const HOUSE: Readonly<Record<string, Room>> = {
  domain: { files: ['src/domain/'], ours: [], packages: ['zod'] },
  ports: { files: ['src/ports.ts', 'src/ports/'], ours: ['domain'], packages: [] },
  llm: { files: ['src/llm/'], ours: ['domain', 'ports'], packages: ['zod', 'jsonrepair', 'node:crypto'] },
  redact: { files: ['src/redact/'], ours: ['domain'], packages: ['@secretlint/', 'zod'] },
  traces: {
    files: ['src/traces/'],
    ours: ['domain'],
    packages: ['fzstd', 'node:zlib', 'node:crypto'],
  },
  diagnose: {
    files: ['src/diagnose/'],
    ours: ['domain', 'ports', 'llm', 'traces'],
    packages: ['zod', 'node:crypto', 'node:timers'],
  },
  ingest: {
    files: ['ingest/'],
    ours: ['domain', 'ports', 'traces'],
    packages: ['remark', 'unified', 'mdast', 'unist', 'yaml', 'smol-toml', 'zod', ...PURE_NODE],
  },
  'ingest-sources': {
    files: ['ingest/read.ts', 'ingest/sources/'],
    ours: ['domain', 'ports', 'ingest'],
    packages: ['*'],
  },
  review: {
    files: ['src/review/'],
    ours: ['domain', 'ports', 'diagnose', 'ingest', 'redact'],
    packages: ['zod', 'yaml', 'mdast', 'node:crypto', 'node:path', 'node:fs'],
  },
  backtest: {
    files: ['src/backtest/'],
    ours: ['domain', 'ports', 'diagnose', 'ingest', 'plots'],
    packages: ['node:crypto'],
  },
  plots: { files: ['src/plots/'], ours: [], packages: [] },
  promote: { files: ['src/promote/'], ours: ['domain'], packages: [] },
  intake: { files: ['src/intake/'], ours: ['domain'], packages: ['zod', 'node:crypto', 'jsonpath-rfc9535'] },
  triage: { files: ['src/triage/'], ours: ['domain'], packages: ['node:crypto'] },
  noise: { files: ['src/noise/'], ours: ['domain', 'ports', 'llm'], packages: ['zod', 'yaml'] },
  deliver: { files: ['src/deliver/'], ours: ['domain'], packages: ['node:crypto'] },
  access: { files: ['src/access/'], ours: ['domain'], packages: ['node:crypto'] },
  ask: { files: ['src/ask/'], ours: ['domain', 'ports', 'llm', 'diagnose'], packages: ['zod'] },
  mcp: { files: ['src/mcp/'], ours: ['domain'], packages: ['@modelcontextprotocol/server', 'zod'] },
  adapters: { files: ['src/adapters/'], ours: ['domain', 'ports'], packages: ['*'] },
  config: {
    files: ['src/config.ts', 'src/config/'],
    ours: ['domain', 'intake'],
    packages: ['zod', 'yaml', 'node:fs', 'node:url'],
  },
  log: { files: ['src/log.ts'], ours: ['domain', 'ports', 'diagnose', 'app'], packages: ['pino'] },
  desk: { files: ['src/desk.ts', 'src/desk-'], ours: ['domain', 'ports'], packages: [] },
  app: {
    files: [
      'src/alarm.ts',
      'src/answer-watch/',
      'src/alert-desk.ts',
      'src/app.ts',
      'src/app-interface.ts',
      'src/asker.ts',
      'src/backtester.ts',
      'src/close-in-order.ts',
      'src/courier/',
      'src/drivers.ts',
      'src/gatekeeper/',
      'src/intake-desk/',
      'src/known-incidents.ts',
      'src/knowledge-keeper.ts',
      'src/knowledge-lookup.ts',
      'src/knowledge-sources.ts',
      'src/local-preparer.ts',
      'src/mcp-parts.ts',
      'src/noise-desk/',
      'src/prepare-pool.ts',
      'src/readiness.ts',
      'src/refresher.ts',
      'src/trace-reading/',
      'src/slack-desk/',
      'src/snapshot-keeper.ts',
      'src/promoter.ts',
      'src/reviewer.ts',
      'src/trial.ts',
    ],
    ours: [
      'domain',
      'ports',
      'llm',
      'redact',
      'traces',
      'diagnose',
      'ingest',
      'review',
      'backtest',
      'promote',
      'access',
      'ask',
      'deliver',
      'intake',
      'mcp',
      'noise',
      'triage',
      'adapters',
      'config',
      'desk',
    ],
    packages: ['node:', 'tinypool', 'zod'],
  },
  http: {
    files: ['src/http/'],
    ours: [
      'app',
      'domain',
      'log',
      'ports',
      'config',
      'review',
      'backtest',
      'access',
      'deliver',
      'intake',
      'mcp',
      'noise',
    ],
    packages: ['hono', '@hono/', '@modelcontextprotocol/server', 'zod', 'node:', 'swagger-ui-dist'],
  },
  cli: {
    files: ['src/cli/'],
    ours: ['app', 'config', 'domain', 'http', 'log', 'ingest', 'review', 'backtest', 'access', 'mcp', 'noise'],
    packages: ['commander', '@modelcontextprotocol/server', 'zod', 'node:'],
  },
  main: { files: ['src/main.ts'], ours: ['cli', 'domain'], packages: [] },
  testing: {
    files: ['src/testing/'],
    ours: ['domain', 'ports', 'diagnose', 'traces'],
    packages: ['node:', 'zod', 'hono'],
  },
  bench: {
    files: ['eval/bench/'],
    ours: ['app', 'config', 'domain', 'ports', 'redact', 'diagnose', 'ingest', 'adapters', 'testing', 'eval'],
    packages: ['node:', 'zod'],
  },
  eval: {
    files: ['eval/'],
    ours: [
      'app',
      'config',
      'domain',
      'ports',
      'llm',
      'traces',
      'redact',
      'diagnose',
      'ingest',
      'review',
      'backtest',
      'ask',
      'triage',
      'plots',
      'testing',
    ],
    packages: ['zod', 'node:', 'commander', '@langchain/', '@observablehq/plot', 'jsdom'],
  },
};

/** Doors that stay shut even where the room may be entered: side effects that are parameters here. */
const FORBIDDEN = [
  {
    rooms: [
      'domain',
      'ports',
      'llm',
      'redact',
      'traces',
      'diagnose',
      'review',
      'backtest',
      'plots',
      'promote',
      'intake',
      'triage',
      'noise',
      'deliver',
      'access',
      'ask',
    ],
    words: /\b(?:Date\.now|new Date\(\)|Math\.random|fetch\(|console\.)/,
    instead: 'take it as a parameter',
  },
  {
    rooms: Object.keys(HOUSE).filter((room) => room !== 'config' && room !== 'main'),
    words: /\bprocess\.env\b/,
    instead: 'read it in src/config.ts',
  },
];

const MEANINGLESS_NAMES = /(?:^|\/)(?:utils?|helpers?|common|manager|misc|types)(?:\.tsx?|\/)/;
const MAX_LINES = 250;

interface Import {
  readonly specifier: string;
  readonly isType: boolean;
}

const files = listSources();

describe('the house', () => {
  it('has a room for every file', () => {
    expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  });

  it('opens only the doors that a room may open', () => {
    expect(files.filter(isProduct).flatMap(wrongDoors)).toEqual([]);
  });

  it('keeps time, randomness, network and environment out of the rooms that must be pure', () => {
    const wrong = files
      .filter(isProduct)
      .flatMap((file) =>
        FORBIDDEN.filter(
          ({ rooms, words }) => rooms.includes(roomOf(file) ?? '') && words.test(withoutComments(read(file))),
        ).map(({ words, instead }) => `${file} uses ${words.source}: ${instead}`),
      );
    expect(wrong).toEqual([]);
  });

  it('has no value-import cycle', () => {
    expect(findCycle()).toBeUndefined();
  });

  it('has names that say something and files with one reason to exist', () => {
    expect(files.filter((file) => MEANINGLESS_NAMES.test(file))).toEqual([]);
    const long = files.filter(isProduct).filter((file) => read(file).split('\n').length > MAX_LINES + 1);
    expect(long, `over ${MAX_LINES} lines: split by reason`).toEqual([]);
  });
});

function listSources(): string[] {
  return ['src', 'ingest', 'eval'].flatMap((folder) =>
    readdirSync(join(PROJECT_DIR, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => join(folder, path).replaceAll('\\', '/'))
      .filter((path) => /\.tsx?$/.test(path)),
  );
}

function isProduct(file: string): boolean {
  return !/\.(?:test|contract)\.tsx?$|\/__fixtures__\//.test(file);
}

function read(file: string): string {
  return readFileSync(join(PROJECT_DIR, file), 'utf8');
}

function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}

function roomOf(file: string): string | undefined {
  if (/^src\/[\w-]+\.test\.ts$/.test(file)) return 'main';
  const fits = Object.entries(HOUSE).flatMap(([room, { files: prefixes }]) =>
    prefixes.filter((prefix) => file.startsWith(prefix)).map((prefix) => ({ room, length: prefix.length })),
  );
  return fits.sort((a, b) => b.length - a.length)[0]?.room;
}

function importsOf(file: string): Import[] {
  const pattern = /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\('([^']+)'\)/gm;
  return [...withoutComments(read(file)).matchAll(pattern)].map((match) => ({
    specifier: match[2] ?? match[3] ?? '',
    isType: match[1] !== undefined,
  }));
}

function resolve(file: string, specifier: string): string {
  return relative('.', normalize(join(dirname(file), specifier))).replaceAll('\\', '/');
}

function wrongDoors(file: string): string[] {
  const room = roomOf(file);
  const rules = room === undefined ? undefined : HOUSE[room];
  if (!room || !rules) return [];
  return importsOf(file).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.')) {
      const allowed = rules.packages.some((prefix) => prefix === '*' || specifier.startsWith(prefix));
      return allowed
        ? []
        : [`${file} imports ${specifier}: ${room}/ may use ${rules.packages.join(', ') || 'no package'}`];
    }
    const target = roomOf(resolve(file, specifier));
    const allowed =
      target === room ||
      (target !== undefined && (rules.ours.includes(flowOf(target)) || flowOf(room) === flowOf(target)));
    return allowed
      ? []
      : [`${file} imports ${specifier} (${target}): ${room}/ may open ${rules.ours.join(', ') || 'no door'}`];
  });
}

/** The write path's stages and its sources are one flow; only what they may touch outside differs. */
function flowOf(room: string): string {
  return room.replace(/^ingest-.*/, 'ingest');
}

function findCycle(): string[] | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const { specifier, isType } of importsOf(file)) {
      if (isType || !specifier.startsWith('.')) continue;
      const cycle = visit(resolve(file, specifier), [...path, file]);
      if (cycle) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of files.filter(isProduct)) {
    const cycle = visit(file, []);
    if (cycle) return cycle;
  }
  return undefined;
}
