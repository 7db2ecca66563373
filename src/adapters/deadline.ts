export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
  /** Whether the time is over, rather than whoever asked gone. */
  isOver(): boolean;
}

/**
 * A signal that ends with `caller`, after so long, or when it is disposed of: then whatever still hangs on it ends too.
 * `AbortSignal.any` with `AbortSignal.timeout` looks the same, but in Node 20 the timeout is collected with the garbage
 * and never comes. When the time is over, `getExtraMs` may give more, once.
 */
export function startDeadline(timeoutMs: number, caller?: AbortSignal, getExtraMs = () => 0): Deadline {
  const controller = new AbortController();
  let isOver = false;
  const end = () => {
    isOver = true;
    controller.abort(new DOMException(`longer than ${timeoutMs} ms`, 'TimeoutError'));
  };
  let timer = setTimeout(() => {
    const extraMs = getExtraMs();
    if (extraMs > 0) timer = setTimeout(end, extraMs);
    else end();
  }, timeoutMs);
  const follow = () => controller.abort(caller?.reason);
  if (caller?.aborted) follow();
  else caller?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    isOver: () => isOver,
    [Symbol.dispose]() {
      clearTimeout(timer);
      caller?.removeEventListener('abort', follow);
      controller.abort();
    },
  };
}
