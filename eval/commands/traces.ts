import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_DATA_DIR } from '../datasets.ts';
import { findCaseFolders, readCase } from '../traces/cases.ts';
import { FIRST_REPORTED_SEED, makeCase, planCases } from '../traces/generated.ts';
import { type JudgedCase, judgeCase } from '../traces/judge.ts';
import { renderTraceReport } from '../traces/markdown.ts';
import { renderTracePage, type TitledReport } from '../traces/page.ts';
import { buildTraceReport } from '../traces/report.ts';
import { deliver, type EvalContext, type Outputs } from './command.ts';

const CASES_PER_TYPE = 16;
const NOTED_EVERY = 25;
const RECORDED = 'as recorded';
/** What was made harder, and what it is compared with. */
const PAIRS = { lost: 'plain', skew: 'plain', 'onset-late': 'onset', 'onset-early': 'onset' };

interface TraceOptions extends Outputs {
  readonly data?: string;
  readonly cases?: number;
  readonly firstSeed: number;
}

interface Told extends TitledReport {
  readonly introduction: string;
}

/** `traces`: does the digest name the culprit? On made-up faults always, on recorded ones where there are any. */
export function addTraces(program: Command, context: EvalContext): void {
  program
    .command('traces')
    .description('faults of known culprits, made up and recorded: does the digest name them?')
    .option('--data <folder>', 'recorded faults there alone, instead of made-up ones and those beside the project')
    .option('--cases <n>', `made-up cases of each type (${CASES_PER_TYPE}); 0 is none`, wholeNumber)
    .option(
      '--first-seed <n>',
      'of the made-up cases; constants were chosen below 5000, and 90000 was never looked at',
      wholeNumber,
      FIRST_REPORTED_SEED,
    )
    .option('--json <file>', 'write all figures there, too, case by case')
    .option('--html <file>', 'write a page with plots')
    .action(async (options: TraceOptions) => {
      const perType = options.cases ?? (options.data === undefined ? CASES_PER_TYPE : 0);
      const made = perType > 0 ? [measureGenerated(perType, options.firstSeed, context)] : [];
      const recorded = await measureRecorded(options.data ?? DEFAULT_DATA_DIR, context);
      const told = [...made, ...recorded];
      const missing = recorded.length > 0 ? [] : [tellMissing(options.data ?? DEFAULT_DATA_DIR)];
      const texts = told.map(({ title, introduction, report }) => renderTraceReport(title, introduction, report));
      const measurement = {
        markdown: ['# Trace faults', ...texts, ...missing].join('\n\n'),
        report: told,
        ...(told.length > 0 && options.html !== undefined ? { html: renderTracePage(told) } : {}),
      };
      await deliver(measurement, options, context);
    });
}

/** What is no number would make no case at all, or the same one again and again. */
function wholeNumber(value: string): number {
  if (!/^\d{1,9}$/.test(value)) throw new InvalidArgumentError('must be a whole number from 0 to 999999999');
  return Number(value);
}

function measureGenerated(perType: number, firstSeed: number, { note }: EvalContext): Told {
  const planned = planCases(perType, firstSeed);
  const cases = planned.map((one, index): JudgedCase => {
    if (index % NOTED_EVERY === 0) note(`made-up faults: ${index} of ${planned.length}\n`);
    return judgeCase(makeCase(one), one.condition, () => performance.now());
  });
  const seeds = `${firstSeed} to ${firstSeed + perType - 1}`;
  const chosen =
    firstSeed < FIRST_REPORTED_SEED ? ' Constants were chosen on such seeds: these are no figures to tell.' : '';
  return {
    title: 'Made-up faults',
    introduction: `${perType} cases of each type, seeds ${seeds}; in brackets the 95 % interval.${chosen}`,
    report: buildTraceReport(cases, 'plain', PAIRS),
  };
}

async function measureRecorded(data: string, { note }: EvalContext): Promise<Told[]> {
  const told: Told[] = [];
  for (const found of await findCaseFolders(data)) {
    const cases: JudgedCase[] = [];
    // One after the other: a case's windows are large, and the time is spent parsing, not waiting.
    for (const [index, line] of found.lines.entries()) {
      if (index % NOTED_EVERY === 0) note(`${found.folder}: ${index} of ${found.lines.length}\n`);
      cases.push(judgeCase(await readCase(found, line), RECORDED, () => performance.now()));
    }
    if (cases.length === 0) continue;
    told.push({
      title: `Recorded faults: ${found.folder}`,
      introduction: `${cases.length} cases; in brackets the 95 % interval. No constant was chosen on them.`,
      report: buildTraceReport(cases, RECORDED),
    });
  }
  return told;
}

function tellMissing(data: string): string {
  return `skipped: no evaluation data at ${join(data, 'trace-faults')} (name a folder that holds a cases.jsonl with --data <folder>)`;
}
