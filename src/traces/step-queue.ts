/** What is to be done; told that it must wait, it sees to it that it still can. */
export type Step = (isLater: boolean) => () => void;

/** Steps that need something which may come later in the body. They are done in their order, each as soon as it can be. */
export interface StepQueue {
  add(isReady: () => boolean, step: Step): Promise<void>;
  /** Something has come. */
  advance(): Promise<void>;
  /** Nothing more will come. */
  finish(): Promise<void>;
}

/** Waits for `afterEach` after each step. */
export function createStepQueue(afterEach: () => Promise<void>): StepQueue {
  const waiting: { readonly isReady: () => boolean; readonly run: () => void }[] = [];
  return {
    async add(isReady, step) {
      if (waiting.length > 0 || !isReady()) {
        waiting.push({ isReady, run: step(true) });
        return;
      }
      step(false)();
      await afterEach();
    },
    advance: () => runWhile((isReady) => isReady()),
    finish: () => runWhile(() => true),
  };

  async function runWhile(mayRun: (isReady: () => boolean) => boolean): Promise<void> {
    for (let next = waiting[0]; next && mayRun(next.isReady); next = waiting[0]) {
      waiting.shift();
      next.run();
      await afterEach();
    }
  }
}
