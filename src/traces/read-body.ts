import { PrecedentError } from '../domain/errors.ts';
import type { ParsedTraces } from '../domain/trace.ts';
import { type ContentEncoding, decompress } from './bytes/decompress.ts';
import { createSpanCollector, type TracePiece } from './formats/span-collector.ts';
import { createJsonReader, type JsonReader, LETTER_N, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import type { RunLimits } from './json/json-run.ts';
import { parseValue } from './json/json-values.ts';
import { explainBody, explainDocument, explainWindow } from './read-mistakes.ts';
import { readDocument } from './read-window.ts';
import { createAllowance, RUN_LIMITS, takeWhole, type WindowIntake } from './window-intake.ts';

export type { ContentEncoding, TracePiece };

export type WindowName = 'baseline' | 'incident';

/** Where the windows are in a body: keys from the outside in. No key at all: the body is the window. */
export type WindowPlaces = Readonly<Partial<Record<WindowName, readonly string[]>>>;

export interface ReadBodyOptions {
  readonly encoding: ContentEncoding;
  readonly windows: WindowPlaces;
  /** Of what comes out when it is decompressed. */
  readonly maxBytes: number;
  /** Of each window. */
  readonly maxSpans: number;
  /**
   * Hears of everything a window holds as it was received, in its order: a trace of Jaeger with its processes, a
   * `resourceSpans` of OTLP with a part of its spans, a span of Zipkin; none holds more than 500 spans. Reading waits
   * for it.
   */
  readonly onPiece?: (window: WindowName, piece: TracePiece) => Promise<void> | void;
}

export interface ReadBody {
  /** The body without its windows; undefined when the body is a window itself. */
  readonly rest: unknown;
  readonly windows: Partial<Record<WindowName, ParsedTraces>>;
}

/** A window and what is left of the way to it. */
interface Place {
  readonly name: WindowName;
  readonly path: readonly string[];
}

/**
 * Reads a body as it arrives: windows become spans while the rest of them is still on its way, all else is kept as it is.
 * A body that is a window may be several documents, one after the other (JSON Lines, too).
 * Errors: `input-invalid` (not JSON, nested too deep, broken compression), `input-too-large`, `trace-format-unknown`,
 * `trace-invalid`; what `bytes` or `onPiece` throw goes through.
 */
export async function readBody(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadBodyOptions,
  limits: RunLimits = RUN_LIMITS,
): Promise<ReadBody> {
  const reader = createJsonReader(decompress(bytes, options.encoding, options.maxBytes));
  const windows: Partial<Record<WindowName, ParsedTraces>> = {};
  const places = listPlaces(options.windows);
  const itself = places.find((place) => place.path.length === 0);
  let first: number | undefined;
  try {
    first = await reader.peek();
    if (first === undefined) throw new PrecedentError('input-invalid', 'the body is empty: send JSON');
    if (itself) {
      windows[itself.name] = await readWindow(reader, itself.name, { options, limits, isWhole: true });
      return { rest: undefined, windows };
    }
    const rest = await readAround(reader, places, async (name) => {
      if (name in windows) throw new PrecedentError('input-invalid', `the body has its ${name} window twice`);
      windows[name] = await readWindow(reader, name, { options, limits, isWhole: false }).catch((error: unknown) => {
        throw explainWindow(error, options.windows[name] ?? []);
      });
    });
    if ((await reader.peek()) !== undefined) throw reader.mistake();
    return { rest, windows };
  } catch (error) {
    throw explainBody(error, first);
  } finally {
    await reader.close();
  }
}

function listPlaces({ baseline, incident }: WindowPlaces): Place[] {
  return [
    ...(baseline ? [{ name: 'baseline', path: baseline } as const] : []),
    ...(incident ? [{ name: 'incident', path: incident } as const] : []),
  ];
}

interface WindowOptions {
  readonly options: ReadBodyOptions;
  readonly limits: RunLimits;
  /** The window is all of the body, up to its end. */
  readonly isWhole: boolean;
}

async function readWindow(
  reader: JsonReader,
  name: WindowName,
  { options, limits, isWhole }: WindowOptions,
): Promise<ParsedTraces> {
  const { maxSpans, onPiece } = options;
  const collector = createSpanCollector(maxSpans, onPiece !== undefined);
  const intake: WindowIntake = {
    reader,
    collector,
    limits,
    async hand() {
      for (const piece of collector.takePieces()) await onPiece?.(name, piece);
    },
  };
  await readDocument(intake, '').catch(async (error: unknown) => {
    throw isWhole && (await hasAnother(reader)) ? explainDocument(error, FIRST_DOCUMENT) : error;
  });
  for (let nth = 2; isWhole && (await reader.peek()) !== undefined; nth++) {
    await readDocument(intake, `(document ${nth})`);
  }
  return collector.finish();
}

const FIRST_DOCUMENT = '(document 1)';

/** Whether one more document follows: what cannot be read was one of several. */
async function hasAnother(reader: JsonReader): Promise<boolean> {
  const next = await reader.peek().catch(() => undefined);
  return next === OPEN_BRACE || next === OPEN_BRACKET;
}

/** The value that comes next without the windows in it: `readWindow` is called where one starts. */
async function readAround(
  reader: JsonReader,
  places: readonly Place[],
  readWindow: (name: WindowName) => Promise<void>,
  allowance = createAllowance(),
): Promise<unknown> {
  const takeRest = async () => parseValue(await takeWhole(reader, allowance));
  if (places.length === 0 || (await reader.peek()) !== OPEN_BRACE) return takeRest();
  const rest: [string, unknown][] = [];
  reader.enter();
  for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
    const below = places.flatMap(({ name, path: [first, ...path] }) => (first === key ? [{ name, path }] : []));
    const window = below.find((place) => place.path.length === 0);
    if (!window) rest.push([key, await readAround(reader, below, readWindow, allowance)]);
    else if ((await reader.peek()) === LETTER_N) await takeRest();
    else await readWindow(window.name);
  }
  // A prototype is nobody's to set from outside.
  return Object.fromEntries(rest.filter(([key]) => key !== '__proto__'));
}
