import { isPrecedentError } from '../domain/errors.ts';
import {
  addDocument,
  addItem,
  addJaegerTrace,
  addResources,
  addSpanOfZipkin,
  joinPath,
  RESOURCE_FIELDS,
  WRAPPER_FIELDS,
} from './formats/documents.ts';
import { addOtlpResource } from './formats/otlp.ts';
import type { RawFields } from './formats/raw-fields.ts';
import type { SpanCollector } from './formats/span-collector.ts';
import { isOtherSignal, refuseJaegerErrors, unknownFormat } from './formats/unknown-format.ts';
import { LETTER_N, OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { parseValue, parseValues } from './json/json-values.ts';
import { readLargeResource, readLargeTrace } from './read-large.ts';
import { type Allowance, createAllowance, takeWhole, type WindowIntake } from './window-intake.ts';

/**
 * Reads one document of a window as it arrives: what is small is taken whole and goes the way of a value in memory
 * (`documents.ts`), what is large is entered, by the same rules.
 */
export async function readDocument(intake: WindowIntake, path: string): Promise<void> {
  const { reader, collector, limits } = intake;
  const whole = await reader.takeValue(limits.maxBytes);
  if (whole) addDocument(collector, parseValue(whole), path);
  else if ((await reader.peek()) === OPEN_BRACKET) await readArray(intake, path);
  else if ((await reader.peek()) === OPEN_BRACE) await readLargeObject(intake, path, refuseFields(path));
  else throw unknownFormat(undefined, path);
  await intake.hand();
}

function refuseFields(path: string): (fields: RawFields) => never {
  return (fields) => {
    throw unknownFormat(fields, path);
  };
}

async function readArray(intake: WindowIntake, path: string): Promise<void> {
  const { reader, collector } = intake;
  await readItems(intake, path, addItem, async (itemPath) => {
    const first = await reader.peek();
    if (first === OPEN_BRACKET) await readTraceOfZipkin(intake, itemPath);
    else if (first === OPEN_BRACE) {
      await readLargeObject(intake, itemPath, (fields) => addSpanOfZipkin(collector, fields, itemPath));
    } else addItem(collector, parseValue(await takeWhole(reader, createAllowance())), itemPath);
  });
  if (collector.format === undefined) collector.setFormat('zipkin');
}

/** In a large span there is nothing to enter. */
async function readTraceOfZipkin(intake: WindowIntake, path: string): Promise<void> {
  const { reader, collector } = intake;
  await readItems(intake, path, addSpanOfZipkin, async (spanPath) => {
    addSpanOfZipkin(collector, parseValue(await takeWhole(reader, createAllowance())), spanPath);
  });
}

/** The items of the array that comes next: runs of small ones by `add`, each large one by `readLarge`. */
async function readItems(
  intake: WindowIntake,
  path: string,
  add: (collector: SpanCollector, value: unknown, path: string) => void,
  readLarge: (path: string) => Promise<void>,
): Promise<void> {
  const { reader, collector, limits } = intake;
  reader.enter();
  for (let index = 0; await reader.hasItem(); ) {
    const run = await reader.takeItems(limits);
    if (run) for (const value of parseValues(run)) add(collector, value, `${path}[${index++}]`);
    else await readLarge(`${path}[${index++}]`);
    await intake.hand();
  }
}

/** An object that is a document when one of its fields holds traces; otherwise `addOther` says what it is. */
async function readLargeObject(
  intake: WindowIntake,
  path: string,
  addOther: (fields: RawFields) => void,
): Promise<void> {
  const { reader } = intake;
  const allowance = createAllowance();
  const others: Record<string, unknown> = Object.create(null);
  let isKnown = false;
  let isNull = false;
  reader.enter();
  for (let name = await reader.nextKey(); name !== undefined; name = await reader.nextKey()) {
    const first = await reader.peek();
    if (name === 'data') isNull = first === LETTER_N;
    if (WRAPPER_FIELDS.has(name) && first === OPEN_BRACE) {
      isKnown = (await readWrapped(intake, joinPath(path, name))) || isKnown;
    } else if (await readTraceField(intake, name, path)) isKnown = true;
    else others[name] = await readOther(intake, name, allowance, path);
  }
  if (isNull) refuseJaegerErrors(others['errors']);
  if (!isKnown) addOther(others);
}

/** Too much of another signal is no reason to speak of too much. */
async function readOther({ reader }: WindowIntake, name: string, allowance: Allowance, path: string): Promise<unknown> {
  try {
    return parseValue(await takeWhole(reader, allowance));
  } catch (error) {
    throw isPrecedentError(error, 'input-too-large') && isOtherSignal(name)
      ? unknownFormat({ [name]: [] }, path)
      : error;
  }
}

async function readWrapped(intake: WindowIntake, path: string): Promise<boolean> {
  const { reader } = intake;
  const allowance = createAllowance();
  let isKnown = false;
  reader.enter();
  for (let name = await reader.nextKey(); name !== undefined; name = await reader.nextKey()) {
    if (RESOURCE_FIELDS.has(name)) isKnown = await readResources(intake, joinPath(path, name));
    else parseValue(await takeWhole(reader, allowance));
  }
  return isKnown;
}

/** Reads the field when it is one that holds traces; otherwise it is still to be read. */
async function readTraceField(intake: WindowIntake, name: string, path: string): Promise<boolean> {
  if (RESOURCE_FIELDS.has(name)) return readResources(intake, joinPath(path, name));
  const first = await intake.reader.peek();
  if (name !== 'data' || (first !== OPEN_BRACKET && first !== LETTER_N)) return false;
  intake.collector.setFormat('jaeger');
  if (first === LETTER_N) parseValue(await takeWhole(intake.reader, createAllowance()));
  else {
    const tracesPath = joinPath(path, name);
    await readItems(intake, tracesPath, addJaegerTrace, (tracePath) => readLargeTrace(intake, tracePath));
  }
  return true;
}

async function readResources(intake: WindowIntake, path: string): Promise<true> {
  const { reader, collector } = intake;
  if ((await reader.peek()) !== OPEN_BRACKET) {
    addResources(collector, parseValue(await takeWhole(reader, createAllowance())), path);
  } else {
    collector.setFormat('otlp');
    await readItems(intake, path, addOtlpResource, (resourcePath) => readLargeResource(intake, resourcePath));
  }
  return true;
}
