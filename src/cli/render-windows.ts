import type { Diagnosis, Provenance } from '../domain/diagnosis.ts';
import type { TraceDigest, TraceWindow, TraceWindows } from '../domain/trace.ts';
import { formatRange, formatSecond, heading, paint, wrap } from './render.ts';

/** How the pipeline begins what it says of traces that could not be had. */
const ABOUT_TRACES = 'traces: ';

/** What was looked at, and what shows all of it again. */
export function renderWindows({ windows, repairs }: Pick<TraceDigest, 'windows' | 'repairs'>): string {
  if (!windows) return '';
  const { baseline, incident } = windows;
  const isKept = incident.snapshotKey !== undefined || baseline?.snapshotKey !== undefined;
  const mended = Object.entries(repairs).map(([kind, count]) => `${count} ${kind}`);
  return [
    heading('Windows'),
    baseline ? renderWindow('baseline', baseline) : '',
    renderWindow('incident', incident),
    isKept ? '' : `  ${paint.quiet('not kept: there is nothing to show again')}\n`,
    mended.length > 0 ? wrap(`mended: ${mended.join(', ')}`, 4, '  ') : '',
  ].join('');
}

function renderWindow(name: string, window: TraceWindow): string {
  const { traces, spans, snapshotKey: key, changedSince } = window;
  const held = `${traces} ${traces === 1 ? 'trace' : 'traces'}, ${spans} ${spans === 1 ? 'span' : 'spans'}`;
  const again = key === undefined ? '' : `    ${paint.quiet(`precedent snapshot ${key}`)}\n`;
  const since = changedSince === undefined ? '' : `, changed since ${formatSecond(changedSince)}`;
  return wrap(`${name}: ${held}, ${formatRange(window)}${since}`, 4, '  ') + again;
}

/** Two mistakes that still give an answer, and a wrong one. */
export function warnOfWindows(windows: TraceWindows | null | undefined): string {
  if (!windows?.baseline) return '';
  const { baseline, incident } = windows;
  if (areSame(baseline, incident)) return warn('both windows are the same: nothing can differ');
  const isLater = Date.parse(baseline.from) > Date.parse(incident.from);
  return isLater ? warn('the baseline is later than the incident: are the two swapped?') : '';
}

/** Of two windows that are not kept, the same times and as many spans are no coincidence. */
function areSame(a: TraceWindow, b: TraceWindow): boolean {
  if (a.snapshotKey !== undefined && b.snapshotKey !== undefined) return a.snapshotKey === b.snapshotKey;
  return a.from === b.from && a.to === b.to && a.spans === b.spans;
}

function warn(text: string): string {
  return `\n  ${paint.warning(text)}\n`;
}

/** Where the traces of a diagnosis are from; where there are none, why. Traces that came with the alert need no word. */
export function renderTraceSource({ digest, provenance }: Pick<Diagnosis, 'digest' | 'provenance'>): string {
  const { traces: asked, degraded = [] } = provenance;
  const reasons = degraded.flatMap((line) => (line.startsWith(ABOUT_TRACES) ? [line.slice(ABOUT_TRACES.length)] : []));
  if (digest !== null) return [...(asked ? [`Traces: ${describe(asked)}`] : []), ...reasons].map(said).join('');
  if (reasons.length === 0) return `\n${said('No traces: none came with the alert, and no store of them was asked')}`;
  const lines = [`No traces: ${reasons.join('; ')}`, ...(asked ? [`asked for: ${describe(asked)}`] : [])];
  return `\n${lines.map(said).join('')}`;
}

function describe({ source, services, incident, baseline }: NonNullable<Provenance['traces']>): string {
  return `${source}, ${services.join(', ')}, ${formatRange(incident)}; baseline ${formatRange(baseline)}`;
}

function said(text: string): string {
  return paint.quiet(wrap(text, 4, '  ').trimEnd()).concat('\n');
}

/** What else could not be done for this answer. */
export function renderDegraded({ degraded = [] }: Pick<Provenance, 'degraded'>): string {
  return degraded
    .filter((line) => !line.startsWith(ABOUT_TRACES))
    .map((line) => wrap(line))
    .join('');
}
