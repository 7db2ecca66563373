import type { IngestProgress } from '../../ingest/pipeline.ts';
import type { DownloadProgress } from '../app.ts';
import type { BacktestProgress } from '../backtester.ts';
import type { IngestReport } from '../domain/ingest-report.ts';
import type { CommandContext } from './context.ts';
import { bar, formatMs } from './render.ts';

/** Redraws at most this often, so that a fast ingest is not slowed by telling about it. */
const REDRAW_MS = 80;

/** Where nothing can be redrawn a long ingest says that it is alive this often. */
const LINE_MS = 5_000;

/** Shows an ingest while it runs: one redrawn line on a terminal, plain lines now and then elsewhere. */
export function ingestProgress(
  context: CommandContext,
  now: () => number = Date.now,
): {
  update: (progress: IngestProgress) => void;
  finish: (report: IngestReport) => void;
  stop: () => void;
} {
  const rate = createRate();
  const line = createStatusLine(context, now);
  return {
    update(progress) {
      rate.add(now(), progress.done);
      line.update(() => describe(progress, rate.perSecond()));
    },
    finish(report) {
      line.clear();
      context.note(summarise(report));
    },
    stop: line.clear,
  };
}

/** One line that is redrawn on a terminal; elsewhere a line of its own now and then. `describe` is asked when it is time. */
function createStatusLine(
  context: CommandContext,
  now: () => number,
): { readonly update: (describe: () => string) => void; readonly clear: () => void } {
  let drawnAt = context.isInteractive ? 0 : now();
  return {
    update(describe) {
      const time = now();
      if (time - drawnAt < (context.isInteractive ? REDRAW_MS : LINE_MS)) return;
      drawnAt = time;
      context.note(context.isInteractive ? `\r\x1b[K${describe()}` : `${describe()}\n`);
    },
    clear() {
      if (context.isInteractive && drawnAt > 0) context.note('\r\x1b[K');
    },
  };
}

/** Shows a backtest while it runs. */
export function backtestProgress(
  context: CommandContext,
  now: () => number = Date.now,
): { readonly update: (progress: BacktestProgress) => void; readonly stop: () => void } {
  const line = createStatusLine(context, now);
  return {
    update: ({ done, total, etaMs }) =>
      line.update(() => {
        const left = etaMs === undefined ? '' : ` · ${formatWait(etaMs)} left`;
        return `${bar(done / total)} ${done}/${total} incidents asked${left}`;
      }),
    stop: line.clear,
  };
}

/** What lasts minutes is not told to the hundredth of a second. */
function formatWait(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** What the rate is measured over: files that are taken over at once say little of those that must be embedded. */
const WINDOW_MS = 10_000;
const SAMPLE_MS = 250;

function createRate() {
  const samples: { readonly time: number; readonly done: number }[] = [];
  return {
    add(time: number, done: number) {
      const last = samples.at(-1);
      if (last !== undefined && time - last.time < SAMPLE_MS) return;
      samples.push({ time, done });
      while (samples[1] !== undefined && time - samples[1].time >= WINDOW_MS) samples.shift();
    },
    perSecond(): number | undefined {
      const [first, last] = [samples[0], samples.at(-1)];
      if (first === undefined || last === undefined || last.time === first.time) return undefined;
      return ((last.done - first.done) * 1_000) / (last.time - first.time);
    },
  };
}

/** Shows a model's download: one redrawn line on a terminal, one line per file elsewhere. */
export function downloadProgress(context: CommandContext): (progress: DownloadProgress) => void {
  const told = new Set<string>();
  let drawnAt = 0;
  return ({ file, received, total }) => {
    const isDone = total !== undefined && received >= total;
    if (!context.isInteractive) {
      if (!told.has(file)) context.note(`downloading ${file} …\n`);
      told.add(file);
      return;
    }
    if (!isDone && Date.now() - drawnAt < REDRAW_MS) return;
    drawnAt = Date.now();
    const share = total
      ? `${bar(received / total)} ${formatMegabytes(received)} of ${formatMegabytes(total)}`
      : formatMegabytes(received);
    context.note(`\r\x1b[Kdownloading ${file} ${share}${isDone ? '\n' : ''}`);
  };
}

function formatMegabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function describe({ stage, done, total, embedded }: IngestProgress, perSecond: number | undefined): string {
  if (stage !== 'embed') return stage === 'read' ? 'reading the sources' : 'publishing';
  const share = total ? `${bar(done / total)} ${done}/${total} files` : `${done} files`;
  const speed = perSecond ? ` · ${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s` : '';
  const left = total && perSecond ? ` · ${formatMs(((total - done) / perSecond) * 1_000)} left` : '';
  return `${share}${speed}${left} · ${embedded} chunks embedded`;
}

/** One line for what happened to the files, and every problem with its `file:line`. */
export function summarise(report: IngestReport): string {
  const counts = new Map<string, number>();
  for (const { status } of report.files) counts.set(status, (counts.get(status) ?? 0) + 1);
  const files = [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'no files';
  const took = formatMs(report.timings['total'] ?? 0);
  const redacted = Object.entries(report.redacted).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `${report.documents} documents, ${report.chunks} chunks (${report.embedded} embedded) in ${took}; files: ${files}`,
    ...(redacted.length === 0 ? [] : [`  blacked out: ${redacted.join(', ')}`]),
    ...report.files.filter(({ reason }) => reason).map(({ path, status, reason }) => `  ${path}: ${status}: ${reason}`),
    ...report.problems.map(({ path, line, message }) => `  ${path}:${line}: ${message}`),
  ];
  return `${lines.join('\n')}\n`;
}
