import type { App, TraceBody } from '../app.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { TraceAnalysis } from '../domain/trace-analysis.ts';
import type { CommandContext } from './context.ts';
import { streamFile } from './input.ts';

export interface TraceFiles {
  readonly baseline?: string | undefined;
  readonly incident: string;
}

/** Whoever waits for a large file hears this often that it is being read. */
const TELL_BYTES = 100_000_000;

/** Reads trace files as they come, packed or not, so that their size does not matter. */
export async function readTraceFiles(
  { baseline, incident }: TraceFiles,
  asOf: string | undefined,
  app: Pick<App, 'traces'>,
  context: CommandContext,
): Promise<TraceAnalysis> {
  // What is refused early may still have a writer that sends nothing: an open standard input would keep the program alive.
  const over = new AbortController();
  const within = { ...context, signal: AbortSignal.any([context.signal, over.signal]) };
  const bodies = [
    ...(baseline === undefined ? [] : [toBody(baseline, { baseline: [] }, within)]),
    toBody(incident, { incident: [] }, within),
  ];
  const options = { maxBytes: Number.POSITIVE_INFINITY, asOf: asOf === undefined ? undefined : new Date(asOf) };
  try {
    const { analysis } = await app.traces.read(bodies, options, context.signal);
    if (!analysis) throw new PrecedentError('input-invalid', `${incident} holds no traces`);
    return analysis;
  } finally {
    over.abort();
  }
}

function toBody(path: string, windows: TraceBody['windows'], context: CommandContext): TraceBody {
  const bytes = told(path, streamFile(path, context.signal), context);
  return { bytes, encoding: 'auto', windows, name: path === '-' ? 'standard input' : path };
}

async function* told(name: string, bytes: AsyncIterable<Uint8Array>, { note }: CommandContext) {
  let read = 0;
  for await (const chunk of bytes) {
    const before = Math.floor(read / TELL_BYTES);
    read += chunk.length;
    if (Math.floor(read / TELL_BYTES) > before) note(`${name}: ${Math.floor(read / 1_000_000)} MB read …\n`);
    yield chunk;
  }
}
