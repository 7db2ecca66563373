import { createPreparer, type PrepareFile } from '../ingest/prepare.ts';
import type { RedactionPolicy } from './domain/redaction.ts';
import { createRedactor } from './redact/redact.ts';

/** Prepares files where it is called: in the worker, and in tests that need none. */
export function createLocalPreparer(policy: RedactionPolicy): PrepareFile {
  return createPreparer({ redact: createRedactor(policy) });
}
