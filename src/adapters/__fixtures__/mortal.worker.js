/** The real worker, except that one word kills it and another hangs it. */
import embed from '../transformers-embedder.worker.js';

export default async function embedOrDie(task) {
  if (task.texts.includes('CRASH')) {
    setImmediate(() => {
      throw new Error('the worker crashed');
    });
    return new Promise(() => {});
  }
  if (task.texts.includes('HANG')) for (;;);
  return embed(task);
}
