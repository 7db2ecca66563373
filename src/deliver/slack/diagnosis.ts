import type { Hypothesis, Precedent } from '../../domain/diagnosis.ts';
import type { DiagnosisAnswer } from '../../domain/diagnosis-answer.ts';
import { nameCause, percent, tellConfidence, tellEnd, tellReuse } from '../annotation.ts';
import { toLine } from '../plain-text.ts';
import {
  button,
  context,
  header,
  message,
  SLACK_LIMITS,
  type SlackBlock,
  type SlackMessage,
  sections,
} from './blocks.ts';
import { placeOf, tellStep } from './cite.ts';
import { findCode, findLink, quoteLine } from './mrkdwn.ts';

export interface SlackView {
  /** Where all of it is; shown where it is an address. */
  readonly link?: string;
  /** Whether somebody takes what the buttons say. */
  readonly canJudge?: boolean;
  /** What was just said of it, in Slack's own formatting. */
  readonly said?: string;
}

/** What the buttons are called by. */
export const VERDICT_ACTIONS = {
  confirmed: 'verdict.confirmed',
  rejected: 'verdict.rejected',
  other: 'verdict.other',
} as const;

const SHOWN_STEPS = 8;
const SHOWN_PRECEDENTS = 3;
const SHOWN_LEADS = 3;

/** Of words as they come; escaped, they fit a section with all that stands beside them. */
const MAX_SUMMARY = 500;
const MAX_TITLE = 150;
const MAX_ID = 200;

/** What it was, how sure that is, what to do, what it was like, and the buttons to say whether it was right. */
export function buildDiagnosisMessage(answer: DiagnosisAnswer, view: SlackView = {}): SlackMessage {
  const isAnswered = answer.kind === 'answered';
  const headline = isAnswered ? `Cause: ${nameCause(answer.rootCause)}` : `No answer (${answer.reason ?? 'abstained'})`;
  const confidence = quoteLine(tellConfidence(answer), MAX_SUMMARY);
  const blocks = [
    header(headline),
    ...sections([quoteLine(answer.rootCause.summary, MAX_SUMMARY), confidence]),
    ...(isAnswered ? tellCauses(answer) : tellLeads(answer)),
    ...tellSteps(answer),
    ...tellPrecedents(answer.precedents),
    ...context([...tellReuse(answer), ...tellEnd(answer)].map((line) => quoteLine(line, MAX_SUMMARY))),
  ];
  return message(`${quoteLine(headline, MAX_SUMMARY)}\n${confidence}`, blocks, tellLast(answer, view));
}

function tellCauses({ hypotheses, contributing = [] }: DiagnosisAnswer): SlackBlock[] {
  const cited = hypotheses[0]?.citations.slice(0, SHOWN_PRECEDENTS).map(({ source }) => placeOf(source)) ?? [];
  const places = cited.filter(Boolean);
  return sections([
    ...(places.length > 0 ? [`As in ${places.join(', ')}`] : []),
    ...contributing.slice(0, SHOWN_LEADS).map((cause) => `Also: ${quoteLine(nameCause(cause), MAX_TITLE)}`),
  ]);
}

function tellLeads({ hypotheses }: DiagnosisAnswer): SlackBlock[] {
  const leads = hypotheses.slice(0, SHOWN_LEADS).map(tellLead);
  return leads.length === 0 ? [] : sections(['*Best leads, none of them sure*', ...leads]);
}

function tellLead(lead: Hypothesis): string {
  const [cited] = lead.citations;
  const votes = `${percent(lead.support)} of the votes`;
  return `• ${quoteLine(nameCause(lead), MAX_TITLE)}, ${votes} ${cited ? placeOf(cited.source) : ''}`.trimEnd();
}

/** From the first on: a step without the one before it may do harm. */
function tellSteps({ mitigation }: DiagnosisAnswer): SlackBlock[] {
  if (mitigation.length === 0) return [];
  const more = mitigation.length - SHOWN_STEPS;
  return [
    ...sections(['*What to do*']),
    ...mitigation.slice(0, SHOWN_STEPS).flatMap((step, at) => sections(tellStep(step, at))),
    ...context(more > 0 ? [`${more} more ${more === 1 ? 'step' : 'steps'}`] : []),
  ];
}

function tellPrecedents(precedents: readonly Precedent[]): SlackBlock[] {
  if (precedents.length === 0) return [];
  return sections(['*What it was like*', ...precedents.slice(0, SHOWN_PRECEDENTS).map(tellPrecedent)]);
}

function tellPrecedent({ title, date, duration, source }: Precedent): string {
  const told = [quoteLine(title, MAX_TITLE), ...tellDate(date), ...tellDuration(duration)].join(', ');
  return `• ${told} ${placeOf(source)}`.trimEnd();
}

function tellDate(date: string | null): string[] {
  return date === null ? [] : [quoteLine(date, 40)];
}

function tellDuration(duration: string | null): string[] {
  return duration === null ? [] : [`took ${quoteLine(duration, 40)}`];
}

/** What is never left out: the buttons, what was said, and by which id all of it is found. */
function tellLast(answer: DiagnosisAnswer, { link, canJudge, said }: SlackView): SlackBlock[] {
  const { id, engine } = answer;
  const all = findLink(link, 'All of it');
  const name = findCode(id, MAX_ID) ?? quoteLine(id, MAX_ID);
  return [
    ...(canJudge ? tellButtons(answer) : []),
    ...context([said ?? '']),
    ...context([[name, `engine ${quoteLine(toLine(engine), MAX_ID)}`, ...(all ? [all] : [])].join(' · ')]),
  ];
}

/** Of an occurrence that another diagnosis answers, its own id: what is shown anew then says so again. */
function tellButtons({ id, occurrence, reused }: DiagnosisAnswer): SlackBlock[] {
  const value = reused && occurrence ? occurrence.id : id;
  if (value === '' || value.length > SLACK_LIMITS.value) return [];
  const elements = [
    button(VERDICT_ACTIONS.confirmed, 'Right', value, 'primary'),
    button(VERDICT_ACTIONS.rejected, 'Wrong', value, 'danger'),
    button(VERDICT_ACTIONS.other, 'It was something else', value),
  ];
  return [{ type: 'actions', elements }];
}
