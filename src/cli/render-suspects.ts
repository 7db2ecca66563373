import type { CausalEdge, Suspect } from '../domain/trace.ts';
import { bar, paint, wrap } from './render.ts';

const SHOWN = 3;

export function renderSuspects(suspects: readonly Suspect[]): string {
  if (suspects.length === 0) return '  none: nothing in the incident window stands out against the baseline\n';
  return suspects
    .slice(0, SHOWN)
    .map(({ service, operation, score, reasons }) => {
      const name = operation ? `${service} ${paint.quiet(operation)}` : service;
      return `  ${bar(score, 10)} ${paint.title(name)}\n${wrap(reasons.join('; '), 13)}`;
    })
    .join('');
}

export function renderCausalPath(path: readonly CausalEdge[]): string {
  if (path.length === 0) return '';
  const steps = path.map(({ from, to, verified }) => `${from} → ${to} (${verified})`);
  return wrap(`path: ${steps.join(', ')}`);
}
