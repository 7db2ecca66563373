import { z } from 'zod';

/** SHA-256 of what is kept, in lower-case hex. */
export const SnapshotKey = z.string().regex(/^[0-9a-f]{64}$/, 'a snapshot key is 64 hexadecimal digits');
export type SnapshotKey = z.infer<typeof SnapshotKey>;

export const TraceFormat = z.enum(['jaeger', 'otlp', 'zipkin']);
export type TraceFormat = z.infer<typeof TraceFormat>;

/** One window of telemetry, kept whole as it was received, without secrets, page by page. */
export const Snapshot = z.object({
  key: SnapshotKey,
  format: TraceFormat,
  /** When it was kept first. */
  createdAt: z.iso.datetime(),
  /** When a digest last came from it: from then on the days of its keeping are counted. */
  usedAt: z.iso.datetime(),
  spans: z.int().min(0),
  /** Of its JSON, before it is compressed. */
  bytes: z.int().min(0),
  pages: z.int().min(1),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** What a snapshot is by its content alone, whenever it was kept. */
export type SnapshotFacts = Pick<Snapshot, 'key' | 'format' | 'spans' | 'bytes' | 'pages'>;

/** A page is a window of its own: what reads windows reads it, and all pages together are the whole. */
export const SnapshotPage = Snapshot.extend({
  /** From 1. */
  page: z.int().min(1),
  /** The number of the page after this one; null on the last. */
  next: z.int().nullable(),
  /** `{"data": […]}`, `{"resourceSpans": […]}` or an array of Zipkin's spans, by `format`. */
  window: z.unknown(),
});
export type SnapshotPage = Readonly<z.infer<typeof SnapshotPage>>;

/** A page on its way in; the key is only known when the last is there. */
export interface SnapshotPageContent {
  /** Pages of one window come under one id, which nobody else uses. */
  readonly upload: string;
  /** From 1. */
  readonly page: number;
  /** JSON, compressed by gzip; some 100 kB at most. */
  readonly content: Uint8Array;
  readonly savedAt: Date;
}

/** Which snapshots stay: those used since, and of them no more than so many bytes (compressed), the latest used first. */
export interface SnapshotRetention {
  readonly usedSince: Date;
  readonly maxBytes: number;
  /** An upload that had its last page before this came to nothing: whoever made it has died. */
  readonly uploadedSince: Date;
}

/** What is known of a snapshot by its name; since `expiredAt` its pages are gone. */
export interface KnownSnapshot {
  readonly snapshot: Snapshot;
  readonly expiredAt?: string;
}
