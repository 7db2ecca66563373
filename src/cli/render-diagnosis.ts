import type { Diagnosis, MitigationStep, Precedent, Risk, RunbookEvidence } from '../domain/diagnosis.ts';
import { formatSource } from '../domain/source.ts';
import { bar, formatMs, heading, paint, percent, percentBelow, wrap } from './render.ts';
import { renderBest, renderContributing, renderRivals } from './render-hypotheses.ts';
import { renderCausalPath, renderShapes, renderSuspects } from './render-suspects.ts';
import { renderDegraded, renderTraceSource, warnOfWindows } from './render-windows.ts';

const SHOWN_PRECEDENTS = 4;
const SHOWN_RUNBOOKS = 3;

/** A diagnosis for somebody who was just woken up: verdict first, then what to do, then why to believe it. */
export function renderDiagnosis(diagnosis: Diagnosis): string {
  return [
    renderVerdict(diagnosis),
    renderBest(diagnosis),
    renderContributing(diagnosis),
    diagnosis.digest === null ? '' : heading('Suspects') + renderSuspects(diagnosis.suspects),
    renderCausalPath(diagnosis.causalPath),
    renderTraceSource(diagnosis),
    warnOfWindows(diagnosis.windows),
    renderShapes(diagnosis),
    renderRivals(diagnosis),
    renderMitigation(diagnosis),
    heading(
      diagnosis.kind === 'answered' && diagnosis.rootCause.category !== 'unseen'
        ? 'What we did last time'
        : 'The nearest incidents, none of them near enough',
    ),
    ...diagnosis.precedents.slice(0, SHOWN_PRECEDENTS).map(renderPrecedent),
    heading('Runbooks'),
    ...diagnosis.runbooks.slice(0, SHOWN_RUNBOOKS).map(renderRunbook),
    renderConfidence(diagnosis),
    renderProvenance(diagnosis),
  ].join('');
}

function renderVerdict({ kind, reason, engine, rootCause, hypotheses, suspects, precedents }: Diagnosis): string {
  if (kind === 'abstained') {
    const lead = suspects[0] ? ` The traces suspect ${suspects[0].service}.` : '';
    return heading(paint.warning(`No answer (${reason})`)) + wrap(`${rootCause.summary}${lead}`);
  }
  const [best] = hypotheses;
  const cited = best?.citations[0];
  const precedent = precedents.find(({ source }) => source.path === cited?.source.path);
  const isKnown = engine === 'precedent' && rootCause.category !== 'unseen';
  const when = isKnown && precedent?.date ? `As on ${precedent.date}: ` : '';
  return [
    heading(`${rootCause.category} at ${rootCause.service ?? 'an unnamed service'}`),
    wrap(`${when}${rootCause.summary}`),
    cited ? `  ${paint.good(formatSource(cited.source))}\n` : '',
  ].join('');
}

/** Steps of a runbook are orders, steps of the past a report: each block says which it is and counts for itself. */
function renderMitigation({ mitigation: steps, hypotheses, contributing = [] }: Diagnosis): string {
  if (steps.length === 0) return '';
  const documents = [...new Set(steps.map(({ citation }) => citation.document))];
  const blocks = documents.map((document) => {
    const own = steps.filter(({ citation }) => citation.document === document);
    const elsewhere = [...hypotheses.slice(0, 1), ...contributing].find(({ citations }) =>
      citations.some((cited) => cited.document === document),
    )?.seenAt;
    return `  ${introduce(document, elsewhere)}\n${warnOfSuccessor(own)}${own.map(renderStep).join('')}`;
  });
  return heading('Mitigation') + blocks.join('\n');
}

function introduce(document: string, elsewhere: string | undefined): string {
  const [kind, id] = document.split(/:(.*)/);
  if (kind !== 'incident') return `What the runbook ${paint.title(`${id}`)} says`;
  const where = elsewhere === undefined ? '' : paint.warning(`, written for ${elsewhere}`);
  return `What was done in ${paint.title(`${id}`)}, in vain or not${where}`;
}

function warnOfSuccessor([step]: readonly MitigationStep[]): string {
  if (step?.supersededBy === undefined) return '';
  return wrap(paint.warning(`superseded by ${step.supersededBy.split(/:(.*)/)[1]}: read that first`));
}

const BADGES: Readonly<Record<Risk, string>> = {
  low: paint.good('low risk'),
  medium: paint.warning('medium risk'),
  high: paint.danger('HIGH RISK'),
};

function renderStep(
  { step, commands, citation, risk, destructive, reversible, needsApproval }: MitigationStep,
  index: number,
): string {
  const marks = [
    BADGES[risk],
    ...(destructive ? [paint.danger('destructive')] : []),
    reversible ? 'reversible' : 'not reversible',
    ...(needsApproval && !destructive ? ['somebody should agree first'] : []),
  ];
  const number = `${index + 1}.`.padStart(4);
  return [
    wrap(step, 5, `${number} `),
    ...commands.map((command) => `       ${paint.title('$')} ${command.replaceAll('\n', '\n         ')}\n`),
    `     ${marks.join(', ')} ${paint.quiet(`· ${formatSource(citation.source)}`)}\n`,
  ].join('');
}

function renderPrecedent({ title, date, duration, relevance, score, category, rootCause, source }: Precedent): string {
  const cause = `${category ?? 'no category'} at ${rootCause?.service ?? 'no service named'}`;
  return [
    `  ${bar(relevance ?? score, 10)} ${paint.title(title)}\n`,
    `             ${date ?? 'undated'}${duration ? `, ${duration}` : ''} · ${cause} · ${paint.good(formatSource(source))}\n`,
    rootCause ? wrap(rootCause.summary, 13) : '',
  ].join('');
}

function renderRunbook({ title, relevance, score, source }: RunbookEvidence): string {
  const section = source.headingPath.at(-1);
  return `  ${bar(relevance ?? score, 10)} ${paint.title(title)}${section ? ` › ${section}` : ''} · ${paint.good(formatSource(source))}\n`;
}

/** What may be done with it stands first; a probability is said only where history measured it. */
function renderConfidence({ kind, confidence }: Diagnosis): string {
  const { coe, rce, raw, calibrated, interval, decision, reasons } = confidence;
  const range = interval ? ` (${percent(interval[0])} to ${percent(interval[1])})` : '';
  const number = calibrated === null ? `${raw.toFixed(2)} raw` : `${calibrated.toFixed(2)} calibrated${range}`;
  return [
    heading(`Confidence ${number}${decision === undefined ? '' : `: ${decision}`}`),
    renderChances(confidence),
    `  ${bar(coe)} ${coe.toFixed(2)} evidence enough to judge (COE)\n`,
    kind === 'answered' ? `  ${bar(rce)} ${rce.toFixed(2)} support for this cause (RCE)\n` : '',
    ...reasons.map((reason) => wrap(reason, 4, '  · ')),
  ].join('');
}

function renderChances({ service, category, calibration, n }: Diagnosis['confidence']): string {
  const chances = [
    ...(service === null ? [] : [`service right: ${percentBelow(service)}`]),
    ...(category === null ? [] : [`category right: ${percentBelow(category)}`]),
  ];
  if (chances.length === 0) return '';
  const stale = calibration?.isStale ? paint.warning('; incidents have changed since, run precedent backtest') : '';
  return wrap(`${chances.join(', ')}, measured on ${n} graded cases${stale}`);
}

/** Why the LLM did not answer stands with the verdict's engine, at the end: it changes nothing in what to do. */
function renderProvenance({ engine, id, provenance }: Diagnosis): string {
  const total = Object.values(provenance.timings).reduce((sum, ms) => sum + ms, 0);
  const attempts = (provenance.attempts ?? []).map(({ model, reason }) => wrap(`${model} was not used: ${reason}`));
  const knowledge = provenance.knowledgeSha?.slice(0, 12) ?? 'not in git';
  const line = `${id} · engine ${engine} · ${formatMs(total)} · knowledge ${knowledge} · ${provenance.model.id}`;
  return `\n${attempts.join('')}${renderDegraded(provenance)}${wrap(paint.quiet(line))}`;
}
