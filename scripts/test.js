// `npm test`: sets up what is missing, runs every test, and ends with one line that says how many passed and failed.
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, setUp } from './setup.js';

setUp();
const report = join(tmpdir(), `precedent-tests-${process.pid}.json`);
const selected = process.argv.slice(2);
const exitCode = run(process.execPath, [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...selected,
]);
const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(report);
// A file that cannot even be loaded holds no failed test, yet it failed; and so did a run that ended badly anyway.
const unloaded = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
);
const failed = Math.max(numFailedTests + unloaded.length, exitCode === 0 ? 0 : 1);
console.log(`${numPassedTests} passed, ${failed} failed${numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''}`);
process.exitCode = exitCode === 0 && numPassedTests === 0 ? 1 : exitCode;
