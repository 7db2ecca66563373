/** A caller who is kept, until it leaves or is sent away. */
export interface Stay extends Disposable {
  /** Given when the caller is gone, or the server is about to close. */
  readonly signal: AbortSignal;
  /** Sends the caller away. */
  end(): void;
}

export interface Stays {
  readonly count: number;
  begin(caller: AbortSignal): Stay;
}

/** Callers who are kept waiting. However many they are, the server's own signal has one listener and grows no list. */
export function createStays(stopping: AbortSignal | undefined): Stays {
  const ends = new Set<() => void>();
  stopping?.addEventListener('abort', () => {
    for (const end of ends) end();
  });
  return {
    get count() {
      return ends.size;
    },
    begin(caller) {
      const leaving = new AbortController();
      const end = () => leaving.abort();
      ends.add(end);
      caller.addEventListener('abort', end);
      if (caller.aborted || stopping?.aborted) end();
      return {
        signal: leaving.signal,
        end,
        [Symbol.dispose]() {
          ends.delete(end);
          caller.removeEventListener('abort', end);
        },
      };
    },
  };
}
