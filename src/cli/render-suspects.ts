import type { CausalEdge, LoadShape, Suspect, TraceDigest, WindowStats } from '../domain/trace.ts';
import { bar, formatMs, heading, paint, wrap } from './render.ts';
import { renderWindows, warnOfWindows } from './render-windows.ts';

/** A digest, or a diagnosis, which may have had no windows. */
interface ShapesToTell {
  readonly shapes?: readonly LoadShape[] | undefined;
  readonly suspects: readonly Suspect[];
}

const SHOWN = 3;
/** Where the text of a suspect begins: under its name. */
const UNDER_NAME = 13;

/** All of a digest for somebody who reads it in a terminal: in words, then who is suspect and why, then what it rests on. */
export function renderDigest(digest: TraceDigest): string {
  return [
    wrap(digest.text),
    warnOfWindows(digest.windows),
    heading('Suspects'),
    digest.suspects.length === 0 ? renderSuspects([]) : digest.suspects.map(renderInDetail).join(''),
    renderCausalPath(digest.causalPath),
    renderShapes(digest),
    renderSignals(digest.signals),
    renderWindows(digest),
  ].join('');
}

/** The first few in short: who, and why. None is no claim of health: there may have been nothing to compare with. */
export function renderSuspects(suspects: readonly Suspect[]): string {
  if (suspects.length === 0) return '  none: nothing in the incident window stands out\n';
  return suspects.slice(0, SHOWN).map(renderInShort).join('');
}

function renderInShort({ service, operation, score, reasons }: Suspect): string {
  const name = operation ? `${service} ${paint.quiet(operation)}` : service;
  return `  ${bar(score, 10)} ${paint.title(name)}\n${wrap(reasons.join('; '), UNDER_NAME)}`;
}

function renderInDetail(suspect: Suspect): string {
  const { rankings, exemplarTraceIds } = suspect;
  const ranks = Object.entries(rankings).sort(([, a], [, b]) => a.rank - b.rank);
  const agreeing = ranks.map(([ranker, { rank }]) => `${ranker} ${rank}`);
  return [
    renderInShort(suspect),
    compareStats(suspect),
    agreeing.length > 0 ? under(`place by ${agreeing.join(', ')}`) : '',
    exemplarTraceIds.length > 0 ? under(`traces ${exemplarTraceIds.join(', ')}`) : '',
  ].join('');
}

/** One line of numbers before → after; one side alone where the operation was in one window only. */
function compareStats({ before, after }: Suspect): string {
  if (!before && !after) return '';
  const beside = (tell: (stats: WindowStats) => string) =>
    [before, after].flatMap((stats) => (stats ? [tell(stats)] : [])).join(' → ');
  const errors = (before?.originErrors ?? 0) + (after?.originErrors ?? 0);
  return under(
    [
      `own p50 ${beside(({ ownMsP50 }) => formatMs(ownMsP50))}`,
      `p95 ${beside(({ ownMsP95 }) => formatMs(ownMsP95))}`,
      `total p50 ${beside(({ totalMsP50 }) => formatMs(totalMsP50))}`,
      ...(errors > 0 ? [`errors ${beside(({ originErrors }) => String(originErrors))}`] : []),
      `spans ${beside(({ spans }) => String(spans))}`,
    ].join(' · '),
  );
}

function under(text: string): string {
  return paint.quiet(wrap(text, UNDER_NAME).trimEnd()).concat('\n');
}

export function renderCausalPath(path: readonly CausalEdge[]): string {
  if (path.length === 0) return '';
  const steps = path.map(({ from, to, verified }) => `${from} → ${to} (${verified})`);
  return wrap(`path: ${steps.join(', ')}`);
}

/** By name; with its sentence where no suspect's reasons have told it already. */
export function renderShapes({ shapes = [], suspects }: ShapesToTell): string {
  if (shapes.length === 0) return '';
  const told = new Set(suspects.flatMap(({ reasons }) => reasons));
  const rows = shapes.map(({ kind, service, reason }) =>
    wrap(`${paint.title(kind)} at ${service}${told.has(reason) ? '' : `: ${reason}`}`, 4, '  '),
  );
  return heading('The whole window') + rows.join('');
}

function renderSignals(signals: readonly string[]): string {
  return signals.length === 0 ? '' : heading('Signals') + signals.map((signal) => wrap(signal, 4, '  ')).join('');
}
