import type { Diagnosis, Hypothesis } from '../domain/diagnosis.ts';
import { formatSource } from '../domain/source.ts';
import { heading, paint, percent, wrap } from './render.ts';

/** As much of a check as fits beside the other explanations; the runbook has it whole, and its commands. */
const MAX_CHECK = 240;

/** How the best explanation could be told from its rivals, and where it is known from when not from this service. */
export function renderBest({ kind, hypotheses }: Diagnosis): string {
  const [best] = hypotheses;
  if (kind === 'abstained' || !best) return '';
  return renderSeenAt(best) + renderCheck(best);
}

/** Causes that each need mending beside the first. */
export function renderContributing({ contributing = [] }: Diagnosis): string {
  if (contributing.length === 0) return '';
  const rows = contributing.map(
    (cause) =>
      `  ${paint.title(`${cause.category} at ${cause.service ?? 'an unnamed service'}`)}${renderWhere(cause)}\n` +
      wrap(cause.summary, 6) +
      renderSeenAt(cause, 6) +
      renderCheck(cause, 6),
  );
  return heading('At the same time, by itself') + rows.join('');
}

/** What else it may be, and what would tell: the first question after "is that so?". */
export function renderRivals({ kind, hypotheses }: Diagnosis): string {
  const rivals = kind === 'answered' ? hypotheses.slice(1) : hypotheses;
  if (rivals.length === 0) return '';
  const rows = rivals.map((rival) => {
    const share = percent(rival.support).padStart(7);
    const seen = rival.seenAt === undefined ? '' : `, seen at ${rival.seenAt}`;
    const cause = `${rival.category} at ${rival.service ?? 'an unnamed service'}${seen}`;
    return `${share} ${cause}${renderWhere(rival)}\n${renderCheck(rival, 8)}`;
  });
  const title =
    kind === 'answered' ? 'What else it may be, by share of the vote' : 'The best leads, by share of the vote';
  return heading(title) + rows.join('');
}

function renderWhere({ citations: [cited] }: Hypothesis): string {
  return cited ? ` · ${paint.good(formatSource(cited.source))}` : '';
}

function renderSeenAt({ seenAt, service }: Hypothesis, indent = 2): string {
  if (seenAt === undefined) return '';
  const here = service ?? 'this service';
  return wrap(
    paint.warning(`It happened at ${seenAt} then, never at ${here}; the words are told for ${here}.`),
    indent,
  );
}

function renderCheck({ check }: Hypothesis, indent = 2): string {
  if (check === null) return '';
  const [prose = ''] = check.text.replace(/^(?:[-*+]|\d{1,3}[.)])\s/, '').split(/^\s*(?:```|~~~)/m);
  const words = prose.replace(/\s+/g, ' ').trim();
  const shown = words.length <= MAX_CHECK ? words : `${words.slice(0, MAX_CHECK - 1)}…`;
  return wrap(`To check: ${shown} ${paint.quiet(`· ${formatSource(check.citation.source)}`)}`, indent);
}
