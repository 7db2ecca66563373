import { BARS, buildCostTable, buildLatencyTable, type CostRow, type Measured, toTable } from './search-figures.ts';
import type { Filled } from './search-fill.ts';
import type { SearchFigures } from './search-measure.ts';

/** All that one run has to say about one size. */
export interface SizeResult {
  readonly filled: Filled;
  readonly figures: SearchFigures;
  readonly embedder: 'model' | 'none';
  readonly cores: number;
  /** Of the machine, as the measuring began. */
  readonly load: number;
  readonly clients: number;
}

const MB = 1_000_000;
const BEYOND = 1_000_000;
const LARGE = 100_000;
const LARGE_BARS = { lexicalMb: 350, readySeconds: 10 } as const;

export function buildSizeReport(result: SizeResult): string {
  const { filled, figures, embedder, cores, load, clients } = result;
  const vectors =
    embedder === 'model'
      ? 'every passage embedded by the bundled model'
      : 'the first 2,000 passages embedded by the bundled model, the vectors of all others made from theirs';
  return [
    `\n## ${filled.chunks.toLocaleString('en')} chunks of ${filled.documents.toLocaleString('en')} documents\n`,
    `${vectors}; questions embedded by it. ${cores} cores, load ${load.toFixed(1)} as the measuring began; ✗ misses its bar.\n`,
    buildLatencyTable(figures.latencies),
    '',
    buildLoopTable(figures),
    '',
    buildThroughputTable(figures, clients),
    '',
    buildRecallLine(figures),
  ].join('\n');
}

function buildLoopTable({ loops }: SearchFigures): string {
  const head = [
    'longest block of the event loop, ms',
    `searches: median, worst round (≤ ${BARS.block})`,
    'the parts alone',
  ];
  const told = ([median, worst]: readonly [number, number]) => `${median.toFixed(1)}, ${worst.toFixed(1)}`;
  return toTable(
    head,
    loops.map(({ name, search, parts }) => [name, `${told(search)}${search[0] > BARS.block ? ' ✗' : ''}`, told(parts)]),
  );
}

function buildThroughputTable({ throughputs }: SearchFigures, clients: number): string {
  const head = [
    `${clients} clients`,
    'searches / s',
    'embedding + Chroma / s',
    `share (≥ ${BARS.throughput})`,
    'embeddings / s: one client, all',
  ];
  const cells = throughputs.map(({ name, search, floor, embedAlone, embedTogether }) => {
    const share = search / floor;
    const embedding = `${embedAlone.toFixed(0)}, ${embedTogether.toFixed(0)}`;
    const missed = share < BARS.throughput ? ' ✗' : '';
    return [name, search.toFixed(0), floor.toFixed(0), `${share.toFixed(2)}${missed}`, embedding];
  });
  return toTable(head, cells);
}

function buildRecallLine({ recall: { mean, worst, questions } }: SearchFigures): string {
  const missed = mean < BARS.recall ? ' ✗' : '';
  return `recall@10 of the index against brute force: ${mean.toFixed(4)}${missed} over ${questions} questions (≥ ${BARS.recall}; worst ${worst.toFixed(1)})`;
}

/** What each size costs, and what the growth between the two largest says of a million. */
export function buildCostReport(results: readonly SizeResult[]): string {
  const points = (of: (result: SizeResult) => number | undefined): Measured[] =>
    results.flatMap((result) => {
      const value = of(result);
      return value === undefined ? [] : [{ chunks: result.filled.chunks, value }];
    });
  const figure = (of: (figures: SearchFigures) => number | undefined) => points(({ figures }) => of(figures));
  const megabytes = (bytes: number | undefined) => (bytes === undefined ? undefined : bytes / MB);
  const alert = ({ latencies }: SearchFigures) => latencies.at(-1);
  const rows: CostRow[] = [
    {
      name: 'search p50, ms (alert, all kinds)',
      digits: 1,
      points: figure((f) => alert(f)?.search.p50),
      trend: 'rises',
    },
    { name: 'search p99, ms', digits: 1, points: figure((f) => alert(f)?.search.p99), trend: 'rises' },
    { name: 'embedding + Chroma p50, ms', digits: 1, points: figure((f) => alert(f)?.floor.p50), trend: 'rises' },
    {
      name: 'searches / s, all clients',
      digits: 0,
      points: figure((f) => f.throughputs.at(-1)?.search),
      trend: 'falls',
    },
    { name: 'start to ready, s', digits: 1, points: figure((f) => f.readySeconds), trend: 'line' },
    { name: 'our process, MB', digits: 0, points: figure((f) => megabytes(f.resident)), trend: 'line' },
    { name: 'of it lexical index, MB', digits: 1, points: figure((f) => megabytes(f.lexical)), trend: 'line' },
    { name: "Chroma's process, MB", digits: 0, points: figure((f) => megabytes(f.chromaResident)), trend: 'line' },
    { name: "Chroma's folder, MB", digits: 0, points: figure((f) => megabytes(f.chromaFolder)), trend: 'line' },
    { name: 'first ingest, s', digits: 0, points: points(({ filled }) => filled.seconds), trend: 'line' },
    { name: 'recall@10', digits: 4, points: figure((f) => f.recall.mean), trend: 'neither' },
  ];
  const note = `The last column is no measurement: memory and passes over everything grow on in a line through the two largest sizes, what one search takes by a power of the size.`;
  return ['\n## What a size costs\n', buildCostTable(rows, BEYOND), '', note, ...listMissed(results)].join('\n');
}

function listMissed(results: readonly SizeResult[]): string[] {
  const large = results.filter(({ filled }) => filled.chunks >= 0.8 * LARGE);
  return large.flatMap(({ filled, figures }) => {
    const lexical = figures.lexical / MB;
    const at = `at ${filled.chunks.toLocaleString('en')} chunks`;
    return [
      ...(lexical > LARGE_BARS.lexicalMb
        ? [`✗ lexical index ${at}: ${lexical.toFixed(0)} MB > ${LARGE_BARS.lexicalMb}`]
        : []),
      ...(figures.readySeconds > LARGE_BARS.readySeconds
        ? [`✗ start to ready ${at}: ${figures.readySeconds.toFixed(1)} s > ${LARGE_BARS.readySeconds}`]
        : []),
    ];
  });
}
