/**
 * Decodes, redacts and parses files off the main thread. Plain JavaScript on purpose, like the embedding worker: a
 * worker thread starts outside the transform that runs the program or its tests, so this one brings its own.
 *
 * @typedef {import('../ingest/prepare.ts').PreparedFile} PreparedFile
 * @typedef {import('../ingest/source-file.ts').SourceFile} SourceFile
 * @typedef {import('./domain/redaction.ts').RedactionPolicy} RedactionPolicy
 * @typedef {{ policy: RedactionPolicy, files: readonly SourceFile[] }} PrepareTask
 * @typedef {{ prepared: PreparedFile[] } | { unloadable: string }} PrepareReply
 */
import { tsImport } from 'tsx/esm/api';

/** @type {Promise<(file: SourceFile) => Promise<PreparedFile>> | undefined} */
let loading;

/**
 * @param {PrepareTask} task
 * @returns {Promise<PrepareReply>}
 */
export default async function prepareFiles({ policy, files }) {
  let prepare;
  try {
    loading ??= load(policy);
    prepare = await loading;
  } catch (error) {
    loading = undefined;
    return { unloadable: error instanceof Error ? error.message : String(error) };
  }
  const prepared = [];
  for (const file of files) prepared.push(await prepare(file));
  return { prepared };
}

/** @param {RedactionPolicy} policy */
async function load(policy) {
  const { createLocalPreparer } = await tsImport('./local-preparer.ts', import.meta.url);
  return createLocalPreparer(policy);
}
