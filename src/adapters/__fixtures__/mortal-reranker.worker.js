/** The real worker, except that one word kills it, another hangs it and a third is slow. */
import read from '../transformers-reranker.worker.js';

export default async function readOrDie(task) {
  if (task.passages.includes('CRASH')) {
    setImmediate(() => {
      throw new Error('the worker crashed');
    });
    return new Promise(() => {});
  }
  if (task.passages.includes('HANG')) for (;;);
  if (task.passages.includes('SLOW')) await new Promise((resolve) => setTimeout(resolve, 300));
  return read(task);
}
