import type { IngestProgress } from '../../ingest/pipeline.ts';
import type { DownloadProgress } from '../app.ts';
import type { IngestReport } from '../domain/ingest-report.ts';
import type { CommandContext } from './context.ts';
import { bar, formatMs } from './render.ts';

/** Redraws at most this often, so that a fast ingest is not slowed by telling about it. */
const REDRAW_MS = 80;

/** Shows an ingest while it runs: one redrawn line on a terminal, nothing but the summary elsewhere. */
export function ingestProgress(context: CommandContext): {
  update: (progress: IngestProgress) => void;
  finish: (report: IngestReport) => void;
  stop: () => void;
} {
  let drawnAt = 0;
  const started = Date.now();
  const clear = () => {
    if (context.isInteractive && drawnAt > 0) context.note('\r\x1b[K');
  };
  return {
    update(progress) {
      const now = Date.now();
      if (!context.isInteractive || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      context.note(`\r\x1b[K${describe(progress, now - started)}`);
    },
    finish(report) {
      clear();
      context.note(summarise(report));
    },
    stop: clear,
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

function describe({ stage, done, total }: IngestProgress, ms: number): string {
  if (!total) return `${stage} ${done || ''}`.trim();
  const rate = done / (ms / 1_000);
  const left = rate > 0 ? formatMs(((total - done) / rate) * 1_000) : '…';
  return `${stage} ${bar(done / total)} ${done}/${total} · ${Math.round(rate)}/s · ${left} left`;
}

/** One line for what happened to the files, and every problem with its `file:line`. */
export function summarise(report: IngestReport): string {
  const counts = new Map<string, number>();
  for (const { status } of report.files) counts.set(status, (counts.get(status) ?? 0) + 1);
  const files = [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'no files';
  const total = Object.values(report.timings).reduce((sum, ms) => sum + ms, 0);
  const lines = [
    `${report.documents} documents, ${report.chunks} chunks (${report.embedded} embedded) in ${formatMs(total)}; files: ${files}`,
    ...report.files.filter(({ reason }) => reason).map(({ path, status, reason }) => `  ${path}: ${status}: ${reason}`),
    ...report.problems.map(({ path, line, message }) => `  ${path}:${line}: ${message}`),
  ];
  return `${lines.join('\n')}\n`;
}
