import { PrecedentError } from '../../domain/errors.ts';
import { dropPrototypeKeys } from '../../domain/prototype-keys.ts';
import { scanValue, startScan } from './json-scan.ts';

/** Values that stood side by side in a body, with commas between them, as they came. */
export interface JsonRun {
  readonly bytes: Uint8Array;
  readonly items: number;
  /** Of the first byte in the body. */
  readonly offset: number;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The values of a run: UTF-8 and JSON, without `__proto__` keys. Says where a mistake is, never what. */
export function parseValues(run: JsonRun): unknown[] {
  const text = decode(run);
  const values = parseList(text);
  if (values?.length !== run.items) throw notJson(placeOfMistake(run));
  dropPrototypeKeys(text, values);
  return values;
}

export function parseValue(run: JsonRun): unknown {
  return parseValues(run)[0];
}

export function notJson(place: string): PrecedentError {
  return new PrecedentError('input-invalid', `the body is not JSON: ${place}`);
}

function decode({ bytes, offset }: JsonRun): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const place = `between bytes ${offset} and ${offset + bytes.length}`;
    throw new PrecedentError('input-invalid', `the body is not UTF-8 text: there is a mistake ${place}`);
  }
}

function parseList(text: string): unknown[] | undefined {
  try {
    return JSON.parse(`[${text}]`);
  } catch {
    return undefined;
  }
}

/** The first value of the run that cannot be read by itself. */
function placeOfMistake({ bytes, offset }: JsonRun): string {
  for (let at = 0; at < bytes.length; at++) {
    const end = scanValue(startScan(0), bytes, at, bytes.length);
    const next = end < 0 ? bytes.length : end;
    const value = bytes.subarray(at, next);
    const text = decode({ bytes: value, offset: offset + at, items: 1 });
    if (parseList(text)?.length !== 1) return `there is a mistake ${describePlace(text, offset + at, value.length)}`;
    const comma = bytes.indexOf(0x2c, next);
    at = comma < 0 ? bytes.length : comma;
  }
  return `there is a mistake between bytes ${offset} and ${offset + bytes.length}`;
}

/** The engine often says at which character it stopped; the rest of its message quotes the text. */
function describePlace(text: string, offset: number, length: number): string {
  try {
    JSON.parse(text);
  } catch (error) {
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (position !== undefined) return `at byte ${offset + Buffer.byteLength(text.slice(0, Number(position)))}`;
  }
  return `between bytes ${offset} and ${offset + length}`;
}
