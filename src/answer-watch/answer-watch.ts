import { startDeadline } from '../adapters/deadline.ts';
import { type Alarm, createAlarm } from '../alarm.ts';
import { isPrecedentError } from '../domain/errors.ts';
import type { Occurrence, ReusedAnswer } from '../domain/occurrence.ts';
import type { Principal } from '../domain/principal.ts';
import type { DiagnosisRecord } from '../ports.ts';
import type { ProgressBoard, StageProgress } from './progress-board.ts';

/** What stands behind an id: a diagnosis, or an occurrence with the diagnosis that answers it. */
export interface FoundAnswer {
  readonly record: DiagnosisRecord;
  readonly occurrence?: Occurrence;
  readonly reused?: ReusedAnswer;
}

export type WatchEvent =
  | { readonly kind: 'stage'; readonly progress: StageProgress }
  | { readonly kind: 'done' | 'failed'; readonly answer: FoundAnswer };

/** Waits for answers, whoever makes them: stages are told where this process is at work, the end wherever it is made. */
export interface AnswerWatch {
  /**
   * Stages as they come, then the answer, at once where there is one; ends with `signal` in any case. Throws `not-found`
   * before anything is watched.
   */
  watch(id: string, viewer: Principal, signal: AbortSignal): Promise<AsyncIterable<WatchEvent>>;
  /** What is found when it is done, or after `ms`, or when `signal` is given: then it may be pending. */
  waitFor(id: string, viewer: Principal, ms: number, signal: AbortSignal): Promise<FoundAnswer>;
}

export interface AnswerWatchParts {
  /** Throws `not-found` for what is not, and for what `viewer` may not see. */
  readonly getAnswer: (id: string, viewer: Principal) => Promise<FoundAnswer>;
  readonly board: Pick<ProgressBoard, 'follow'>;
  /** How often the casebook is asked what other processes have done: at first, and after a while. */
  readonly pollMs?: { readonly first: number; readonly most: number };
}

const POLL_MS = { first: 500, most: 2_000 };

export function createAnswerWatch({ getAnswer, board, pollMs = POLL_MS }: AnswerWatchParts): AnswerWatch {
  /** Undefined while the casebook is away: that passes, and what was known stays. */
  async function look(id: string, viewer: Principal): Promise<FoundAnswer | undefined> {
    try {
      return await getAnswer(id, viewer);
    } catch (error) {
      if (isPrecedentError(error) && error.isRetryable) return undefined;
      throw error;
    }
  }

  async function* follow(
    id: string,
    viewer: Principal,
    first: FoundAnswer,
    signal: AbortSignal,
  ): AsyncGenerator<WatchEvent> {
    const feed = createFeed(board);
    let pauseMs = pollMs.first;
    try {
      for (let found = first; !signal.aborted; ) {
        feed.turnTo(subjectOf(found));
        if (isPending(found)) await feed.sleep(pauseMs, signal);
        yield* feed.take();
        if (!isPending(found)) {
          yield endOf(found);
          return;
        }
        // What another process does is asked for less and less often; what this one reports says when it is worth asking.
        pauseMs = feed.isOver() ? pollMs.first : Math.min(pauseMs * 2, pollMs.most);
        found = (await look(id, viewer)) ?? found;
      }
    } finally {
      feed.end();
    }
  }

  return {
    watch: async (id, viewer, signal) => follow(id, viewer, await getAnswer(id, viewer), signal),

    async waitFor(id, viewer, ms, signal) {
      const first = await getAnswer(id, viewer);
      if (!isPending(first) || ms <= 0) return first;
      using deadline = startDeadline(ms, signal);
      for await (const event of follow(id, viewer, first, deadline.signal)) {
        if (event.kind !== 'stage') return event.answer;
      }
      return (await look(id, viewer)) ?? first;
    },
  };
}

interface Feed extends Pick<Alarm, 'sleep'> {
  /** The diagnosis that is followed from now on; the same again changes nothing. */
  turnTo(diagnosis: string): void;
  /** What was told since it was taken last. */
  take(): WatchEvent[];
  /** Whether the end was told since this was asked last. */
  isOver(): boolean;
  end(): void;
}

/** What the board tells of one diagnosis, until somebody has time for it. */
function createFeed(board: AnswerWatchParts['board']): Feed {
  const alarm = createAlarm();
  let followed: string | undefined;
  let news: WatchEvent[] = [];
  let isOver = false;
  let unfollow = () => {};
  return {
    sleep: alarm.sleep,
    turnTo(diagnosis) {
      if (diagnosis === followed) return;
      unfollow();
      followed = diagnosis;
      unfollow = board.follow(diagnosis, (progress) => {
        if (progress) news.push({ kind: 'stage', progress });
        else isOver = true;
        alarm.ring();
      });
    },
    take() {
      const taken = news;
      news = [];
      return taken;
    },
    isOver() {
      const was = isOver;
      isOver = false;
      return was;
    },
    end: () => unfollow(),
  };
}

function isPending({ record }: FoundAnswer): boolean {
  return record.status === 'pending';
}

/** An occurrence may wait for the diagnosis of something else. */
function subjectOf({ record, occurrence }: FoundAnswer): string {
  return occurrence?.diagnosis ?? record.id;
}

function endOf(answer: FoundAnswer): WatchEvent {
  return { kind: answer.record.status === 'failed' ? 'failed' : 'done', answer };
}
