import type { SchemaNotes } from './schema-notes.ts';

/** Kept telemetry, in the OpenAPI document. */
export const SNAPSHOT_NOTES: Readonly<Record<string, SchemaNotes>> = {
  SnapshotPage: {
    self: 'A page of one window of telemetry, as it was received but for secrets.',
    key: 'SHA-256 of what is kept, in lower-case hex.',
    format: 'The format it was received in.',
    createdAt: 'When it was kept first, UTC.',
    usedAt: 'When a digest last came from it, UTC: its days are counted from then.',
    spans: 'Spans of the whole snapshot.',
    bytes: 'JSON of the whole snapshot, in bytes.',
    pages: 'Pages of the snapshot.',
    page: 'This page, from 1.',
    next: 'The page after this one; null on the last.',
    window: 'A window by itself: `{"data": […]}`, `{"resourceSpans": […]}` or an array of Zipkin spans, by `format`.',
  },
};
