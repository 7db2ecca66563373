import type { Citation, Diagnosis, Hypothesis, MitigationStep } from '../domain/diagnosis.ts';
import type { DiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import { formatSource } from '../domain/source.ts';
import { cutLine, lengthOf, toLine } from './plain-text.ts';

/** What the note of a PagerDuty incident, an annotation and a comment in any ticket may hold. */
export const MAX_ANNOTATION = 1_000;

const SHOWN_STEPS = 4;
const SHOWN_LEADS = 3;

/** Of a sentence; commands are not cut, so a step that is longer ends before its command. */
const MAX_SUMMARY = 260;
const MAX_STEP = 150;
const MAX_TITLE = 80;
const MAX_WORD = 60;
/** A longer link or place is worth less than the words that it would take the room of. */
const MAX_REFERENCE = 200;

/**
 * The answer as a few lines of plain text, at most 1,000 characters: what it was, how sure that is, what to do first, and
 * where it is written. Lines that do not fit are left out, the least important first; citations are whole or not there.
 */
export function renderAnnotation(answer: DiagnosisAnswer, { link }: { readonly link?: string } = {}): string {
  const last = [...tellEnd(answer), ...tellReuse(answer), ...tellLink(link)];
  const room = MAX_ANNOTATION + 1 - sizeOf(last);
  const said = keepFitting(answer.kind === 'answered' ? tellCause(answer) : tellAbstention(answer), room);
  return [...said, ...keepFirst(answer.mitigation, room - sizeOf(said)), ...last].join('\n');
}

/** With a line end each. */
function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + lengthOf(line) + 1, 0);
}

function keepFitting(lines: readonly string[], room: number): string[] {
  const kept: string[] = [];
  for (const line of lines) if (sizeOf([...kept, line]) <= room) kept.push(line);
  return kept;
}

/**
 * A step by itself, without the one before it, may do harm: so those from the first on, the last of them perhaps without
 * its command, and how many more there are.
 */
function keepFirst(steps: readonly MitigationStep[], room: number): string[] {
  for (let count = Math.min(steps.length, SHOWN_STEPS); count > 0; count--) {
    for (const short of [false, true]) {
      const kept = steps.slice(0, count).map((step, at) => tellStep(step, at, short && at === count - 1));
      const lines = [...kept, ...tellMore(steps.length - count)];
      if (sizeOf(lines) <= room) return lines;
    }
  }
  return [];
}

function tellMore(count: number): string[] {
  return count > 0 ? [`(${count} more ${count === 1 ? 'step' : 'steps'})`] : [];
}

function tellCause(answer: DiagnosisAnswer): string[] {
  const { rootCause, hypotheses, contributing = [] } = answer;
  const cited = hypotheses[0]?.citations[0];
  return [
    `Cause: ${nameCause(rootCause)}. ${cutLine(toLine(rootCause.summary), MAX_SUMMARY)}`.trimEnd(),
    tellConfidence(answer),
    ...(cited ? withSource('As in', titleOf(cited, answer), cited) : []),
    ...contributing.slice(0, 1).map((cause) => `Also: ${nameCause(cause)}`),
  ];
}

function tellAbstention(answer: DiagnosisAnswer): string[] {
  const { reason, rootCause, hypotheses, precedents } = answer;
  const leads = hypotheses.slice(0, SHOWN_LEADS).map(tellLead);
  const nearest = precedents
    .slice(0, SHOWN_LEADS)
    .flatMap(({ id, title, source }) => withSource('-', title, { document: `incident:${id}`, source }));
  return [
    `No answer (${reason ?? 'abstained'}). ${cutLine(toLine(rootCause.summary), MAX_SUMMARY)}`.trimEnd(),
    tellConfidence(answer),
    ...(leads.length > 0 ? ['Best leads, none of them sure:', ...leads] : []),
    ...(nearest.length > 0 ? ['Nearest incidents:', ...nearest] : []),
  ];
}

export function nameCause({ category, service }: Pick<Hypothesis, 'category' | 'service'>): string {
  const where = service === null ? 'an unnamed service' : nameOf(service);
  return `${category === 'unseen' ? 'a fault of a new kind' : nameOf(category)} at ${where}`;
}

function tellLead(lead: Hypothesis): string {
  const [cited] = lead.citations;
  return `- ${nameCause(lead)}, ${percent(lead.support)} of the votes${cited ? placeOf(cited, ' ') : ''}`;
}

const DECISIONS = {
  act: 'sure enough to act on',
  suggest: 'worth checking first',
  abstain: 'not enough to go by',
} as const;

export function tellConfidence({ confidence }: Diagnosis): string {
  const { calibrated, interval, decision, raw, n } = confidence;
  const words = decision === undefined ? '' : `${DECISIONS[decision]}, `;
  if (calibrated === null) return `Confidence: ${words}uncalibrated (raw ${raw.toFixed(2)})`;
  const range = interval ? ` (${percent(interval[0])} to ${percent(interval[1])})` : '';
  return `Confidence: ${words}${percent(calibrated)}${range}, measured on ${n} graded cases`;
}

function tellStep(
  { step, commands, citation, risk, destructive, needsApproval }: MitigationStep,
  index: number,
  isShort: boolean,
): string {
  const marks = [
    `${risk} risk`,
    ...(destructive ? ['destructive'] : []),
    ...(needsApproval ? ['needs approval'] : []),
  ].join(', ');
  const words = cutLine(toLine(step), MAX_STEP);
  const [command] = commands.map(toLine);
  const isTold = isShort || command === undefined || words.includes(command) || lengthOf(command) > MAX_STEP;
  return `${index + 1}. [${marks}] ${words}${isTold ? '' : ` $ ${command}`}${placeOf(citation, ' ')}`;
}

export function tellEnd({ occurrence }: DiagnosisAnswer): string[] {
  if (occurrence?.durationSeconds === undefined) return [];
  return [`The alerts were resolved after ${Math.max(1, Math.round(occurrence.durationSeconds / 60))} min`];
}

export function tellReuse({ reused }: DiagnosisAnswer): string[] {
  return reused ? [`Note: ${cutLine(toLine(reused.text), MAX_SUMMARY)}`] : [];
}

function tellLink(link: string | undefined): string[] {
  return link === undefined || lengthOf(link) > MAX_REFERENCE || toLine(link) !== link ? [] : [`More: ${link}`];
}

function titleOf({ document, source }: Citation, { precedents, runbooks }: Diagnosis): string {
  const cited = [...precedents, ...runbooks].find((found) => found.source.path === source.path);
  return cited?.title ?? document.split(/:(.*)/)[1] ?? document;
}

function withSource(what: string, title: string, cited: Citation): string[] {
  const name = cutLine(toLine(title), MAX_TITLE);
  return [`${what} ${name === '' ? 'an incident' : `“${name}”`}${placeOf(cited, ': ')}`];
}

/** Whole, or not at all: half a path leads nowhere. */
function placeOf({ source }: Citation, before: string): string {
  const place = formatSource(source);
  if (lengthOf(place) > MAX_REFERENCE || toLine(place) !== place) return '';
  return before === ' ' ? ` (${place})` : `${before}${place}`;
}

function nameOf(name: string): string {
  const line = toLine(name);
  return lengthOf(line) <= MAX_WORD ? line : `${[...line].slice(0, MAX_WORD - 1).join('')}…`;
}

export function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-9)} %`;
}
