/** Runs in a process of its own: how long each step from bytes to a digest takes, in turns with JSON.parse. */
import { type StageTimes, timeStages } from '../traces/throughput.ts';
import { writeTraceBody } from './traces-body.ts';

export interface StagesTask {
  readonly spans: number;
  readonly rounds: number;
}

export interface Stages {
  readonly bytes: number;
  /** The median of each over the rounds. */
  readonly times: StageTimes;
}

const WARM_SPANS = 10_000;
const WARM_ROUNDS = 3;

const { spans, rounds }: StagesTask = JSON.parse(process.argv[2] ?? '');
// Engines are slow at first: what is measured is a service that has been running.
await measure(WARM_SPANS, WARM_ROUNDS);
process.send?.(await measure(spans, rounds));

async function measure(count: number, times: number): Promise<Stages> {
  const body = Buffer.concat([...writeTraceBody(count)].map((text) => Buffer.from(text)));
  const measured: StageTimes[] = [];
  for (let round = 0; round < times; round++) measured.push(await timeStages(body, processorMs));
  const median = (of: (one: StageTimes) => number) => measured.map(of).sort((a, b) => a - b)[times >> 1] ?? 0;
  return {
    bytes: body.length,
    times: {
      spans: median((one) => one.spans),
      floor: median((one) => one.floor),
      read: median((one) => one.read),
      mend: median((one) => one.mend),
      analyse: median((one) => one.analyse),
      digest: median((one) => one.digest),
    },
  };
}

/** What other processes do on the machine meanwhile counts for little. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
