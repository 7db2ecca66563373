/**
 * Reads traces off the main thread, one job at a time. Plain JavaScript on purpose, like the other workers: a worker
 * thread starts outside the transform that runs the program or its tests, so this one brings its own.
 *
 * @typedef {import('node:worker_threads').MessagePort} MessagePort
 * @typedef {import('./trace-messages.ts').TraceJob} TraceJob
 */
import { parentPort, workerData } from 'node:worker_threads';
import { tsImport } from 'tsx/esm/api';

/** @type {Promise<(port: MessagePort, job: TraceJob) => Promise<void>>} */
const loading = tsImport('./trace-worker.ts', import.meta.url).then((module) => module.createTraceWorker(workerData));
// It has started even when it cannot load anything: whoever brings the first job is told.
loading.catch(() => {}).then(() => parentPort?.postMessage('started'));

parentPort?.on('message', async (/** @type {{ port: MessagePort, job: TraceJob }} */ { port, job }) => {
  // One that cannot load anything is not free: it is ended, and the next one tries again.
  if (await work(port, job)) parentPort?.postMessage('free');
});

/**
 * @param {MessagePort} port
 * @param {TraceJob} job
 * @returns {Promise<boolean>} whether it can take another
 */
async function work(port, job) {
  let read;
  try {
    read = await loading;
  } catch (error) {
    port.postMessage({ kind: 'unloadable', reason: error instanceof Error ? error.message : String(error) });
    port.close();
    return false;
  }
  await read(port, job);
  return true;
}
