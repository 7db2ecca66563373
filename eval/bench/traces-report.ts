import { toTable } from './search-figures.ts';
import type { Reading } from './traces-reader.ts';
import type { Stages } from './traces-stages.ts';

/** What reading traces may take: docs/scaling.md. */
export const TRACE_BARS = { secondsAt100k: 1.5, growth: 1.3, peakMb: 1_000 } as const;

const MB = 1_000_000;
const LARGE = 100_000;

export interface SizeFigures {
  readonly stages: Stages;
  readonly reading: Reading;
}

export interface BodyFigures {
  readonly name: string;
  /** As it lies in the file. */
  readonly bytes: number;
  readonly reading: Reading;
}

export interface TraceFigures {
  readonly sizes: readonly SizeFigures[];
  readonly bodies: readonly BodyFigures[];
  /** Why something was not measured. */
  readonly skipped: readonly string[];
  readonly cores: number;
  readonly load: number;
}

export function renderTraceFigures({ sizes, bodies, skipped, cores, load }: TraceFigures): string {
  return [
    `${cores} cores, load ${load.toFixed(1)} as the measuring began; ✗ misses its bar.`,
    '## From bytes to a digest',
    renderSizes(sizes),
    'Milliseconds of processor time, the median of the rounds; both windows together. `JSON.parse` is of the same bytes, in turns with the rest.',
    ...renderGrowth(sizes),
    ...(bodies.length > 0 ? ['## Large bodies through the reader of the service', renderBodies(bodies)] : []),
    ...skipped,
  ].join('\n\n');
}

export function msPerThousandSpans({ times }: Stages): number {
  return ((times.read + times.analyse + times.digest) / times.spans) * 1_000;
}

function renderSizes(sizes: readonly SizeFigures[]): string {
  const head = [
    'spans',
    'MB',
    'JSON.parse',
    'read',
    'of it mend',
    'analyse',
    'digest',
    'all ÷ JSON.parse',
    'µs a span',
    'peak MB',
  ];
  const rows = sizes.map(({ stages, reading }) => {
    const { spans, floor, read, mend, analyse, digest } = stages.times;
    const all = read + analyse + digest;
    const isSlow = spans >= 0.8 * LARGE && spans <= 1.2 * LARGE && all > TRACE_BARS.secondsAt100k * 1_000;
    return [
      spans.toLocaleString('en'),
      (stages.bytes / MB).toFixed(1),
      ...[floor, read, mend, analyse, digest].map((ms) => ms.toFixed(0)),
      `${(all / floor).toFixed(2)}${isSlow ? ' ✗' : ''}`,
      msPerThousandSpans(stages).toFixed(1),
      (reading.peakBytes / MB).toFixed(0),
    ];
  });
  return toTable(head, rows);
}

/** Is twice as much twice as long? Told of neighbours, the smaller first. */
function renderGrowth(sizes: readonly SizeFigures[]): string[] {
  return sizes.slice(1).flatMap((larger, at) => {
    const smaller = sizes[at];
    if (!smaller) return [];
    const time = msPerThousandSpans(larger.stages) / msPerThousandSpans(smaller.stages);
    const [small, large] = [smaller, larger].map(({ stages }) => stages.times.spans.toLocaleString('en'));
    const missed = time > TRACE_BARS.growth ? ' ✗' : '';
    return [`Time a span, ${large} against ${small} spans: × ${time.toFixed(2)}${missed} (≤ ${TRACE_BARS.growth}).`];
  });
}

function renderBodies(bodies: readonly BodyFigures[]): string {
  const floor = bodies[0]?.reading.processorSeconds ?? Number.NaN;
  const head = [
    'body',
    'MB',
    's',
    'processor s',
    '÷ JSON.parse',
    `peak MB (≤ ${TRACE_BARS.peakMb})`,
    'before it, MB',
    'longest block of the main thread, ms',
    'pages kept',
  ];
  const rows = bodies.map(({ name, bytes, reading }, at) => {
    const peak = reading.peakBytes / MB;
    // The floor has no bar: it is what happens to whoever reads a body as a whole.
    const missed = at > 0 && peak > TRACE_BARS.peakMb ? ' ✗' : '';
    return [
      name,
      (bytes / MB).toFixed(0),
      reading.seconds.toFixed(1),
      reading.processorSeconds.toFixed(1),
      (reading.processorSeconds / floor).toFixed(2),
      `${peak.toFixed(0)}${missed}`,
      (reading.idleBytes / MB).toFixed(0),
      reading.blockedMs.toFixed(0),
      reading.pages > 0 ? String(reading.pages) : '–',
    ];
  });
  return toTable(head, rows);
}
