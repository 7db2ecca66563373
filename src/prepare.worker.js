/**
 * Decodes, redacts and parses files off the main thread, and turns pages into Markdown. Plain JavaScript on purpose, like
 * the embedding worker: a worker thread starts outside the transform that runs the program or its tests, so this one
 * brings its own.
 *
 * @typedef {import('../ingest/prepare.ts').PreparedFile} PreparedFile
 * @typedef {import('../ingest/source-file.ts').SourceFile} SourceFile
 * @typedef {import('../ingest/sources/html.ts').HtmlPage} HtmlPage
 * @typedef {import('../ingest/sources/page-text.ts').PageText} PageText
 * @typedef {import('./domain/redaction.ts').RedactionPolicy} RedactionPolicy
 * @typedef {{ policy: RedactionPolicy, files: readonly SourceFile[] } | { page: PageText }} PrepareTask
 * @typedef {{ prepared: PreparedFile[] } | { page: HtmlPage } | { broken: string } | { unloadable: string }} PrepareReply
 */
import { tsImport } from 'tsx/esm/api';

/** @type {Promise<(file: SourceFile) => Promise<PreparedFile>> | undefined} */
let loadingPreparer;

/** @type {Promise<import('../ingest/sources/page-text.ts').ReadPage> | undefined} */
let loadingReader;

/**
 * @param {PrepareTask} task
 * @returns {Promise<PrepareReply>}
 */
export default async function prepare(task) {
  return 'page' in task ? readPage(task.page) : prepareFiles(task);
}

/**
 * @param {{ policy: RedactionPolicy, files: readonly SourceFile[] }} task
 * @returns {Promise<PrepareReply>}
 */
async function prepareFiles({ policy, files }) {
  let prepareFile;
  try {
    loadingPreparer ??= loadPreparer(policy);
    prepareFile = await loadingPreparer;
  } catch (error) {
    loadingPreparer = undefined;
    return { unloadable: messageOf(error) };
  }
  const prepared = [];
  for (const file of files) prepared.push(await prepareFile(file));
  return { prepared };
}

/**
 * @param {PageText} page
 * @returns {Promise<PrepareReply>}
 */
async function readPage(page) {
  let read;
  try {
    loadingReader ??= loadReader();
    read = await loadingReader;
  } catch (error) {
    loadingReader = undefined;
    return { unloadable: messageOf(error) };
  }
  try {
    return { page: await read(page) };
  } catch (error) {
    return { broken: messageOf(error) };
  }
}

/** @param {RedactionPolicy} policy */
async function loadPreparer(policy) {
  const { createLocalPreparer } = await tsImport('./local-preparer.ts', import.meta.url);
  return createLocalPreparer(policy);
}

async function loadReader() {
  const { readPageHere } = await tsImport('../ingest/sources/page-text.ts', import.meta.url);
  return readPageHere;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
