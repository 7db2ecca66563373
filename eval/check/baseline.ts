import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** A figure that a change must not lower without saying so. `n` is how many questions it is a mean of. */
const Figure = z.object({ value: z.number(), n: z.int().min(1) });
export type Figure = Readonly<z.infer<typeof Figure>>;

/** By name: `set · question · metric`. */
export type Figures = Readonly<Record<string, Figure>>;

const Baseline = z.object({ about: z.string(), figures: z.record(z.string(), Figure) });

export function readBaseline(file: string): Figures {
  if (!existsSync(file)) throw new Error(`${file} is missing: \`npm run eval -- check --update\` writes it`);
  return Baseline.parse(JSON.parse(readFileSync(file, 'utf8'))).figures;
}

const DIGITS = 1e4;

export function writeBaseline(file: string, about: string, figures: Figures): void {
  const rounded = Object.entries(figures).map(([name, { value, n }]) => [
    name,
    { value: Math.round(value * DIGITS) / DIGITS, n },
  ]);
  writeFileSync(file, `${JSON.stringify({ about, figures: Object.fromEntries(rounded) }, null, 2)}\n`);
}

export interface Verdict {
  /** What fell, or can no longer be compared. */
  readonly problems: readonly string[];
  /** What rose by more than a question, or is new: worth keeping. */
  readonly news: readonly string[];
}

/** Rounding, and a model that computes in another order on another processor, are no change. */
const SLACK = 0.01;

/** One question may do worse: an order of near-equals turns easily. More than that is a change. */
export function compareWithBaseline(before: Figures, now: Figures): Verdict {
  const problems: string[] = [];
  const news = Object.keys(now)
    .filter((name) => !(name in before))
    .map((name) => `${name}: new, and not in the baseline`);
  for (const [name, was] of Object.entries(before)) {
    const is = now[name];
    if (is === undefined) problems.push(`${name}: no longer measured`);
    else if (is.n !== was.n) problems.push(`${name}: rests on ${is.n} questions, not on ${was.n}`);
    else if ((was.value - is.value) * was.n > 1 + SLACK)
      problems.push(`${name}: fell from ${tell(was)} to ${tell(is)}`);
    else if ((is.value - was.value) * was.n > 1 + SLACK) news.push(`${name}: rose from ${tell(was)} to ${tell(is)}`);
  }
  return { problems, news };
}

function tell({ value, n }: Figure): string {
  return `${value.toFixed(3)} (${(value * n).toFixed(1)} of ${n} questions)`;
}
