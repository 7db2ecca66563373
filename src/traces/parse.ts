import type { ParsedTraces } from '../domain/trace.ts';
import { addDocument } from './formats/documents.ts';
import { createSpanCollector } from './formats/span-collector.ts';

/** More spans say nothing new about a window, and hold up everybody else meanwhile. */
const MAX_SPANS = 200_000;

/**
 * One window of traces that is in memory already, whatever format it came in, as spans that the rest can trust: unique
 * ids, no cycles, every parent present, no negative duration (`mendSpans` says what becomes of the others). A window
 * without spans is parsed as such; whether that will do is the digest's to say. `readBody` does the same for bytes.
 * Errors: `trace-format-unknown`, `trace-invalid` with problems that name the span, `input-too-large`.
 */
export function parseTraces(body: unknown, maxSpans = MAX_SPANS): ParsedTraces {
  const collector = createSpanCollector(maxSpans);
  addDocument(collector, body, '');
  return collector.finish();
}
