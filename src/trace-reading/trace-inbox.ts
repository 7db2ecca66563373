import type { MessagePort } from 'node:worker_threads';
import type { WindowName } from '../traces/read-body.ts';
import type { TraceInput, TraceOutput } from './trace-messages.ts';

/** The worker's end of a job's port. */
export interface TraceInbox {
  send(output: TraceOutput): void;
  /** Waits until the page has been taken care of; throws when it is lost. Pages of a window come one at a time. */
  sendPage(window: WindowName, content: Uint8Array): Promise<void>;
  /** The bytes of the next body. Asking for more says that what came before is done with. */
  readBody(): AsyncGenerator<Uint8Array, void>;
  /** Throws when nobody waits any more. */
  throwIfClosed(): void;
  close(): void;
}

export function createTraceInbox(port: MessagePort): TraceInbox {
  const inputs: Extract<TraceInput, { kind: 'chunk' | 'end-of-body' }>[] = [];
  let isClosed = false;
  const kept = new Map<WindowName, (isLost: boolean) => void>();
  let wake = () => {};

  port.on('message', (input: TraceInput) => {
    if (input.kind === 'kept') return kept.get(input.window)?.(input.isLost);
    inputs.push(input);
    wake();
  });
  port.on('close', () => {
    isClosed = true;
    for (const resolve of kept.values()) resolve(true);
    wake();
  });

  function throwIfClosed(): void {
    if (isClosed) throw new Error('nobody waits for these traces any more');
  }

  async function next() {
    for (;;) {
      const input = inputs.shift();
      if (input) return input;
      throwIfClosed();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    send: (output) => port.postMessage(output),
    async sendPage(window, content) {
      throwIfClosed();
      const isLosing = new Promise<boolean>((resolve) => kept.set(window, resolve));
      port.postMessage({ kind: 'page', window, content } satisfies TraceOutput, [content.buffer as ArrayBuffer]);
      const isLost = await isLosing;
      throwIfClosed();
      if (isLost) throw new Error('its snapshot cannot be kept');
    },
    async *readBody() {
      for (let input = await next(); input.kind === 'chunk'; input = await next()) {
        throwIfClosed();
        yield input.bytes;
        port.postMessage({ kind: 'taken', bytes: input.bytes.length } satisfies TraceOutput);
      }
    },
    throwIfClosed,
    close: () => port.close(),
  };
}
