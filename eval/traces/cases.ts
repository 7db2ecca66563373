import { createReadStream } from 'node:fs';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { LoadShape, ParsedTraces } from '../../src/domain/trace.ts';
import { readBody } from '../../src/traces/read-body.ts';

/** Two windows, and whose fault it was. */
export interface TraceCase {
  readonly id: string;
  /** The system it happened in; `generated` for made-up ones. */
  readonly system: string;
  readonly faultType: string;
  /** None when all is well. */
  readonly culprits: readonly string[];
  /** Whom one may suspect at all; anybody, when absent. */
  readonly candidates?: ReadonlySet<string>;
  /** What a reader should say of the load, as far as that is known. */
  readonly shapes?: readonly LoadShape['kind'][];
  readonly normal: ParsedTraces | undefined;
  readonly abnormal: ParsedTraces;
}

/** One line of `cases.jsonl`. */
const CaseLine = z.object({
  id: z.string(),
  system: z.string(),
  root_cause_service: z.union([z.string(), z.array(z.string())]),
  fault_type: z.string(),
  candidate_services: z.array(z.string()).optional(),
  files: z.object({ normal: z.string().optional(), abnormal: z.string() }),
});
type CaseLine = z.infer<typeof CaseLine>;

const INDEX = 'cases.jsonl';
const FOLDER = 'trace-faults';
const LIMITS = { maxBytes: 2_000_000_000, maxSpans: 1_000_000 };

export interface CaseFolder {
  readonly folder: string;
  readonly lines: readonly CaseLine[];
}

/** Sets of cases in the folder itself, in its `trace-faults`, and one folder further down in either. */
export async function findCaseFolders(data: string): Promise<CaseFolder[]> {
  const places = [join(data, FOLDER), data];
  const below = (await Promise.all(places.map(listFolders))).flat();
  const found: CaseFolder[] = [];
  for (const folder of new Set([data, ...places, ...below])) {
    if (await exists(join(folder, INDEX))) found.push({ folder, lines: await readLines(join(folder, INDEX)) });
  }
  return found;
}

export async function readCase({ folder }: Pick<CaseFolder, 'folder'>, line: CaseLine): Promise<TraceCase> {
  const { root_cause_service: culprit, candidate_services: candidates, files } = line;
  return {
    id: line.id,
    system: line.system,
    faultType: line.fault_type,
    culprits: typeof culprit === 'string' ? [culprit] : culprit,
    ...(candidates ? { candidates: new Set(candidates) } : {}),
    normal: files.normal === undefined ? undefined : await readWindow(join(folder, files.normal)),
    abnormal: await readWindow(join(folder, files.abnormal)),
  };
}

async function readWindow(path: string): Promise<ParsedTraces> {
  const { windows } = await readBody(createReadStream(path), {
    encoding: 'auto',
    windows: { incident: [] },
    ...LIMITS,
  });
  if (!windows.incident) throw new Error(`${path} holds no window of traces`);
  return windows.incident;
}

async function readLines(path: string): Promise<CaseLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n');
  return lines.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const parsed = CaseLine.safeParse(parseJson(text));
    if (!parsed.success) throw new Error(`${path}:${index + 1} is no case: ${z.prettifyError(parsed.error)}`);
    return [parsed.data];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function listFolders(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))
    .sort();
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
