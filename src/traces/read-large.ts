import { createJaegerTrace } from './formats/jaeger.ts';
import { addOtlpScope, createOtlpResource, isScopeNamed, type OtlpResource, SCOPES_FIELDS } from './formats/otlp.ts';
import { expected, isFields } from './formats/raw-fields.ts';
import { OPEN_BRACE, OPEN_BRACKET } from './json/json-reader.ts';
import { type JsonRun, parseValue, parseValues } from './json/json-values.ts';
import { createStepQueue, type Step, type StepQueue } from './step-queue.ts';
import { type Allowance, createAllowance, takeWhole, type WindowIntake } from './window-intake.ts';

type ReadField = (name: string) => Promise<void>;
type TakeRun = (run: JsonRun) => Promise<void>;

/** A trace of Jaeger's that is too large to be taken whole; its processes often come after its spans. */
export async function readLargeTrace(intake: WindowIntake, path: string): Promise<void> {
  const allowance = createAllowance();
  const trace = createJaegerTrace(intake.collector, path);
  const steps = createStepQueue(intake.hand);
  await readObject(intake, path, async (name) => {
    if (name !== 'spans') trace.setField(name, await takeValue(intake, allowance));
    else {
      await readList(intake, trace.addSpans, (run) => {
        intake.collector.expect(run.items);
        return steps.add(trace.isReady, holdRun(run, trace.addSpans));
      });
    }
    await steps.advance();
  });
  await steps.finish();
  trace.end();
}

/** A `resourceSpans` of OTLP's that is too large to be taken whole; the resource may come last. */
export async function readLargeResource(intake: WindowIntake, path: string): Promise<void> {
  const { collector } = intake;
  const allowance = createAllowance();
  const resource = createOtlpResource(collector, path);
  const steps = createStepQueue(intake.hand);
  await readObject(intake, path, async (name) => {
    if (SCOPES_FIELDS.has(name)) await readScopes(intake, `${path}.${name}`, resource, steps);
    else resource.setField(name, await takeValue(intake, allowance));
    await steps.advance();
  });
  await steps.finish();
  resource.end();
}

async function readScopes(intake: WindowIntake, path: string, resource: OtlpResource, steps: StepQueue): Promise<void> {
  const addAll = (scopes: unknown) => addScopes(intake, path, resource, scopes);
  const readLarge = () => readLargeScope(intake, path, resource, steps);
  await readList(intake, addAll, (run) => steps.add(resource.isReady, holdRun(run, addAll)), readLarge);
}

function addScopes({ collector }: WindowIntake, path: string, resource: OtlpResource, scopes: unknown): void {
  if (!Array.isArray(scopes)) return void (scopes === null || collector.refuse(path, expected('', 'an array', scopes)));
  for (const scope of scopes) {
    if (isFields(scope)) addOtlpScope(collector, resource, scope);
    else collector.refuse(path, expected('', 'objects', scope));
  }
}

/** Its fields are filled in as they come; the steps that were put off see what is known by then. */
async function readLargeScope(
  intake: WindowIntake,
  path: string,
  resource: OtlpResource,
  steps: StepQueue,
): Promise<void> {
  const { collector } = intake;
  const fields: Record<string, unknown> = Object.create(null);
  const allowance = createAllowance();
  let isComplete = false;
  const isReady = () => resource.isReady() && (isComplete || !collector.wantsPieces || isScopeNamed(fields));
  await steps.add(resource.isReady, () => () => resource.startScope(fields));
  await readObject(intake, path, async (name) => {
    if (name !== 'spans') fields[name] = await takeValue(intake, allowance);
    else {
      const addLater = (spans: unknown) => steps.add(isReady, () => () => resource.addSpans(spans));
      await readList(intake, addLater, (run) => {
        collector.expect(run.items);
        return steps.add(isReady, holdRun(run, resource.addSpans));
      });
    }
    await steps.advance();
  });
  isComplete = true;
  await steps.add(isReady, () => resource.endScope);
}

async function readObject({ reader, collector }: WindowIntake, path: string, readField: ReadField): Promise<void> {
  if ((await reader.peek()) !== OPEN_BRACE) {
    collector.refuse(path, expected('', 'an object', parseValue(await takeWhole(reader, createAllowance()))));
    return;
  }
  reader.enter();
  for (let name = await reader.nextKey(); name !== undefined; name = await reader.nextKey()) await readField(name);
}

/** The array that comes next in runs; when it is none, `addOther` says what becomes of it. */
async function readList(
  { reader, limits }: WindowIntake,
  addOther: (value: unknown) => void | Promise<void>,
  takeRun: TakeRun,
  readLarge?: () => Promise<void>,
): Promise<void> {
  if ((await reader.peek()) !== OPEN_BRACKET) return addOther(parseValue(await takeWhole(reader, createAllowance())));
  reader.enter();
  while (await reader.hasItem()) {
    const run = await reader.takeItems(limits);
    if (run) await takeRun(run);
    else if (readLarge) await readLarge();
    else await takeRun(await takeWhole(reader, createAllowance()));
  }
}

async function takeValue({ reader }: WindowIntake, allowance: Allowance): Promise<unknown> {
  return parseValue(await takeWhole(reader, allowance));
}

/** As bytes it takes a fraction of what its values would, and its bytes are only good for now. */
function holdRun(run: JsonRun, add: (values: unknown) => void): Step {
  return (isLater) => {
    const held = isLater ? { ...run, bytes: run.bytes.slice() } : run;
    return () => add(parseValues(held));
  };
}
