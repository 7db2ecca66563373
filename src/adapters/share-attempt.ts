/** One attempt for all callers; a failed one is forgotten, so that the next call tries again. */
export function shareAttempt<T>(attempt: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= attempt().catch((error: unknown) => {
      running = undefined;
      throw error;
    });
    return running;
  };
}
