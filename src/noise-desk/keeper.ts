import { messageOf } from '../domain/errors.ts';
import type { KnowledgeProblem } from '../domain/ingest-report.ts';
import type { NoiseRule } from '../domain/noise-rule.ts';
import type { ReceivedGroup, Sender } from '../domain/occurrence.ts';
import { findFilter } from '../noise/filter.ts';
import { mergeNoiseFiles, type NoiseFile, readNoiseFile } from '../noise/read-rules.ts';
import type { Clock } from '../ports.ts';
import { listRuleFiles, NOISE_FOLDER, problemOf, type RuleFile, type RuleRoot, readRuleFile } from './files.ts';

export interface NoiseRules {
  /** Those that can be read, in the order in which they are asked. */
  readonly rules: readonly NoiseRule[];
  readonly problems: readonly KnowledgeProblem[];
}

/** Knows the noise rules of the sources as they are now. Until they were read once, nothing is filtered. */
export interface NoiseKeeper extends AsyncDisposable {
  readonly current: NoiseRules;
  /** Reads what has changed. What cannot be read filters nothing, and is told. Throws only once it is closed. */
  refresh(): Promise<NoiseRules>;
  /** Begins to look every so often. */
  start(): void;
  /** The rule in force that hides all of the group's firing alerts. */
  filterOf(group: ReceivedGroup, sender: Sender): string | undefined;
}

export interface NoiseKeeperParts {
  /** The folders of the sources as they lie on this machine. Fetches nothing. */
  readonly listRoots: (signal?: AbortSignal) => Promise<readonly RuleRoot[]>;
  readonly now: Clock;
  readonly pollMs?: number;
  /** Told when the rules or what is wrong with them have changed. */
  readonly onChange?: (rules: NoiseRules) => void;
}

const POLL_MS = 30_000;

interface ReadFile extends NoiseFile {
  readonly stamp: string;
}

export function createNoiseKeeper({ listRoots, now, pollMs = POLL_MS, onChange }: NoiseKeeperParts): NoiseKeeper {
  const stop = new AbortController();
  let known: ReadonlyMap<string, ReadFile> = new Map();
  let current: NoiseRules = { rules: [], problems: [] };
  let told = JSON.stringify(current);
  let reading: Promise<NoiseRules> | undefined;
  let next: Promise<NoiseRules> | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function read(): Promise<NoiseRules> {
    const { files, problems } = await listAll(listRoots, stop.signal);
    known = new Map(await Promise.all(files.map(async (file) => [file.path, await readAgain(file)] as const)));
    const merged = mergeNoiseFiles([{ rules: [], problems }, ...known.values()]);
    stop.signal.throwIfAborted();
    current = merged;
    const tells = JSON.stringify(merged);
    if (tells !== told) onChange?.(merged);
    told = tells;
    return merged;
  }

  /** A file that somebody is in the middle of writing goes on as it was. */
  async function readAgain(file: RuleFile): Promise<ReadFile> {
    const before = known.get(file.path);
    if (before?.stamp === file.stamp) return before;
    try {
      const found = readNoiseFile(await readRuleFile(file), file.path);
      const isKept = found.isBroken && before !== undefined;
      return { ...found, rules: isKept ? before.rules : found.rules, stamp: file.stamp };
    } catch (error) {
      // Without a stamp, so that it is tried again.
      return { rules: [], problems: [problemOf(file.path, messageOf(error))], isBroken: true, stamp: '' };
    }
  }

  function begin(): Promise<NoiseRules> {
    reading = read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  /** Whoever asks while the files are being read may have changed one that was read already. */
  function refresh(): Promise<NoiseRules> {
    if (reading === undefined) return begin();
    const again = () => {
      next = undefined;
      return begin();
    };
    next ??= reading.then(again, again);
    return next;
  }

  return {
    get current() {
      return current;
    },
    refresh,
    start() {
      if (timer !== undefined) return;
      // One at a time: a slow disk is not asked again before it has answered.
      timer = setInterval(() => void (reading ?? refresh().catch(() => {})), pollMs);
      timer.unref();
    },
    filterOf: (group, sender) => findFilter(current.rules, group, sender, now()),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stop.abort(new Error('the service is stopping'));
      await Promise.allSettled([reading, next]);
    },
  };
}

async function listAll(listRoots: NoiseKeeperParts['listRoots'], signal: AbortSignal) {
  try {
    return await listRuleFiles(await listRoots(signal));
  } catch (error) {
    signal.throwIfAborted();
    return { files: [], problems: [problemOf(NOISE_FOLDER, `the sources cannot be read: ${messageOf(error)}`)] };
  }
}
