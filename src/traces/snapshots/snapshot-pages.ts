import { createHash } from 'node:crypto';
import { gzip } from 'node:zlib';
import type { SnapshotFacts, TraceFormat } from '../../domain/snapshot.ts';
import type { TracePiece } from '../read-body.ts';
import type { LeafRedactor, Unread } from './redact-leaves.ts';
import { splitPiece } from './split-piece.ts';

export interface SnapshotPagesOptions {
  readonly leaves: LeafRedactor;
  /** Hears of each page, compressed, in their order and one at a time. */
  readonly onPage: (content: Uint8Array) => Promise<void>;
}

/** Makes one window, as it is read, into pages that are windows themselves. */
export interface SnapshotPages {
  /** Blacks out secrets in the piece itself, which belongs to its listener. */
  add(piece: TracePiece): Promise<void>;
  /** Undefined when the window held nothing. */
  end(): Promise<SnapshotFacts | undefined>;
}

/**
 * Of JSON: small enough for one call to a store and for whoever parses a page, large enough to compress well. Only a
 * span that is longer makes a longer page, and has it for itself.
 */
const PAGE_CHARS = 256 * 1024;

/** Twice as fast as the usual 6, for a seventh more bytes. */
const GZIP_LEVEL = 3;

const FRAMES: Readonly<Record<TraceFormat, readonly [before: string, after: string]>> = {
  jaeger: ['{"data":[', ']}'],
  otlp: ['{"resourceSpans":[', ']}'],
  zipkin: ['[', ']'],
};

export function createSnapshotPages({ leaves, onPage }: SnapshotPagesOptions): SnapshotPages {
  const hash = createHash('sha256');
  const facts = { spans: 0, bytes: 0, pages: 0 };
  let format: TraceFormat | undefined;
  let taken = startIntake();
  let page = startPage();
  let leaving: Promise<void> | undefined;

  const closePage = async (of: TraceFormat) => {
    const [before, after] = FRAMES[of];
    const json = Buffer.from(`${before}${page.pieces.join(',')}${after}`);
    page = startPage();
    hash.update(json);
    facts.bytes += json.length;
    facts.pages++;
    // One page is compressed and handed on while the next is being made.
    await leaving;
    leaving = compress(json).then(onPage);
    leaving.catch(() => {});
  };
  const settle = async (of: TraceFormat) => {
    const { contents, unread } = taken;
    taken = startIntake();
    await leaves.finish(unread);
    for (const content of contents) {
      for (const json of writeParts(of, content)) {
        if (page.chars > 0 && page.chars + json.length > PAGE_CHARS) await closePage(of);
        addPiece(page, json);
      }
    }
  };
  const closeFormat = async (of: TraceFormat) => {
    await settle(of);
    if (page.chars > 0) await closePage(of);
  };

  return {
    async add(piece) {
      if (format !== undefined && format !== piece.format) await closeFormat(format);
      format = piece.format;
      facts.spans += piece.spans;
      takeIn(taken, piece.content, leaves);
      if (taken.size >= PAGE_CHARS) await settle(format);
    },
    async end() {
      if (format === undefined) return undefined;
      await closeFormat(format);
      await leaving;
      return { ...facts, format, key: hash.digest('hex') };
    },
  };
}

/** Pieces whose texts have been looked at as far as they were known; many at once are faster to redact. */
interface Intake {
  readonly contents: unknown[];
  readonly unread: Unread[];
  size: number;
}

function startIntake(): Intake {
  return { contents: [], unread: [], size: 0 };
}

function takeIn(intake: Intake, content: unknown, leaves: LeafRedactor): void {
  const unread = leaves.read(content);
  intake.contents.push(content);
  intake.unread.push(unread);
  intake.size += unread.size;
}

/** Where it ends depends on what is kept alone, so that a snapshot that is read again has the same pages and key. */
interface Page {
  readonly pieces: string[];
  chars: number;
}

/** A piece of few and of long spans alike makes no page longer than it may be. */
function* writeParts(format: TraceFormat, content: unknown): Generator<string> {
  const json = JSON.stringify(content);
  if (json.length <= PAGE_CHARS) yield json;
  else for (const part of splitPiece(format, content, PAGE_CHARS)) yield JSON.stringify(part);
}

function startPage(): Page {
  return { pieces: [], chars: 0 };
}

function addPiece(page: Page, json: string): void {
  page.pieces.push(json);
  page.chars += json.length + 1;
}

function compress(json: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(json, { level: GZIP_LEVEL }, (error, content) => (error ? reject(error) : resolve(new Uint8Array(content))));
  });
}
