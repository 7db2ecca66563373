import type { GradedDiagnosis } from '../../../domain/feedback.ts';
import type { Casebook } from '../../../ports.ts';
import { createFeedbackBuilder, type FeedbackIndex, NO_FEEDBACK } from './feedback.ts';

/** Graded diagnoses that count: the newest. */
const MAX_GRADED = 1_000;

/** Read at a time: each page is a round trip, and whole diagnoses that a casebook file hands over in one turn. */
const PAGE = 25;

/** Added at a time; then others have their turn. */
const SLICE = 5;

/** How long what is known is believed. */
const FRESH_MS = 5_000;

/** How long a search waits when nothing is known yet, or what is known was just called out of date. */
const PATIENCE_MS = 250;

export interface FeedbackReader {
  /**
   * The feedback as last read; older than 5 s it is read anew, and whoever asks then waits for that, a quarter of a second
   * at most: mostly it is one number that has not changed. Never fails: a casebook that is away leaves what was known, and
   * `onFailure` hears of it.
   */
  current(): Promise<FeedbackIndex>;
  /** A verdict was given or withdrawn: what is known is out of date. */
  expire(): void;
}

export function createFeedbackReader(parts: {
  readonly casebook: Pick<Casebook, 'countVerdictChanges' | 'listGradedDiagnoses'>;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsed: () => number;
  /** Verdicts could not be read: told once, until they can be read again. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}): FeedbackReader {
  let known: { readonly changes: number; readonly index: FeedbackIndex } = { changes: 0, index: NO_FEEDBACK };
  let reading: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  /** How often what is known was called out of date, and up to which of these somebody has waited. */
  let expired = 1;
  let waitedFor = 0;
  let hasFailed = false;

  async function read(): Promise<void> {
    // First of all a turn, so that a casebook that throws at once does so while this reading is known to be under way.
    await Promise.resolve();
    let before: number;
    try {
      do {
        before = expired;
        const changes = await parts.casebook.countVerdictChanges();
        if (changes !== known.changes) known = { changes, index: await readFeedback(parts.casebook) };
      } while (expired !== before);
      hasFailed = false;
    } catch (error) {
      // What was known stays, and is believed for as long as if it had been read.
      if (!hasFailed) parts.onFailure?.(error);
      hasFailed = true;
    } finally {
      reading = undefined;
    }
  }

  function startReading(): Promise<void> {
    readAt = parts.elapsed();
    reading ??= read();
    return reading;
  }

  return {
    async current() {
      const wanted = expired;
      if (waitedFor < wanted || parts.elapsed() - readAt >= FRESH_MS) {
        await settleWithin(startReading(), PATIENCE_MS);
        waitedFor = wanted;
      }
      return known.index;
    },
    expire() {
      expired++;
    },
  };
}

async function readFeedback(casebook: Pick<Casebook, 'listGradedDiagnoses'>): Promise<FeedbackIndex> {
  const builder = createFeedbackBuilder();
  let page: GradedDiagnosis[] = [];
  for (let read = 0; read < MAX_GRADED; read += PAGE) {
    const last = page.at(-1)?.diagnosis.id;
    page = await casebook.listGradedDiagnoses({ limit: PAGE, ...(last === undefined ? {} : { after: last }) });
    for (let from = 0; from < page.length; from += SLICE) {
      for (const graded of page.slice(from, from + SLICE)) builder.add(graded);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (page.length < PAGE) break;
  }
  return builder.index;
}

async function settleWithin(work: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
