import type { Diagnosis, MitigationStep, Precedent, Risk, RunbookEvidence } from '../domain/diagnosis.ts';
import { formatSource } from '../domain/source.ts';
import { bar, formatMs, heading, paint, wrap } from './render.ts';
import { renderCausalPath, renderSuspects } from './render-suspects.ts';

const SHOWN_PRECEDENTS = 4;
const SHOWN_RUNBOOKS = 3;
const SHOWN_REASONS = 6;

/** A diagnosis for somebody who was just woken up: verdict first, then what to do, then why to believe it. */
export function renderDiagnosis(diagnosis: Diagnosis): string {
  return [
    renderVerdict(diagnosis),
    diagnosis.digest === null ? '' : heading('Suspects, by their own time') + renderSuspects(diagnosis.suspects),
    renderCausalPath(diagnosis.causalPath),
    renderMitigation(diagnosis.mitigation),
    heading('What we did last time'),
    ...diagnosis.precedents.slice(0, SHOWN_PRECEDENTS).map(renderPrecedent),
    heading('Runbooks'),
    ...diagnosis.runbooks.slice(0, SHOWN_RUNBOOKS).map(renderRunbook),
    renderConfidence(diagnosis),
    renderProvenance(diagnosis),
  ].join('');
}

function renderVerdict({ kind, reason, rootCause, suspects }: Diagnosis): string {
  if (kind === 'abstained') {
    const lead = suspects[0] ? ` The traces suspect ${suspects[0].service}.` : '';
    return heading(paint.warning(`No answer (${reason})`)) + wrap(`${rootCause.summary}${lead}`);
  }
  return heading(`${rootCause.category} at ${rootCause.service ?? 'an unnamed service'}`) + wrap(rootCause.summary);
}

/** Steps of the past read as a report, steps of a runbook as orders: each block says which it is. */
function renderMitigation(steps: readonly MitigationStep[]): string {
  if (steps.length === 0) return '';
  const blocks = steps.map((step, index) => {
    const isFirst = step.citation.document !== steps[index - 1]?.citation.document;
    return (isFirst ? `  ${introduce(step.citation.document)}\n` : '') + renderStep(step, index);
  });
  return heading('Mitigation') + blocks.join('');
}

function introduce(document: string): string {
  const [kind, id] = document.split(/:(.*)/);
  return kind === 'incident'
    ? `What was done in ${paint.title(`${id}`)}`
    : `What the runbook ${paint.title(`${id}`)} says`;
}

const BADGES: Readonly<Record<Risk, string>> = {
  low: paint.good('low risk'),
  medium: paint.warning('medium risk'),
  high: paint.danger('HIGH RISK'),
};

function renderStep(
  { step, commands, citation, risk, destructive, reversible }: MitigationStep,
  index: number,
): string {
  const marks = [
    BADGES[risk],
    ...(destructive ? [paint.danger('destructive')] : []),
    reversible ? 'reversible' : 'not reversible',
  ];
  const number = `${index + 1}.`.padStart(4);
  return [
    wrap(step, 5, `${number} `),
    ...commands.map((command) => `       ${paint.title('$')} ${command.replaceAll('\n', '\n         ')}\n`),
    `     ${marks.join(', ')} ${paint.quiet(`· ${formatSource(citation.source)}`)}\n`,
  ].join('');
}

function renderPrecedent({ title, date, duration, score, category, rootCause, source }: Precedent): string {
  const cause = `${category ?? 'no category'} at ${rootCause?.service ?? 'no service named'}`;
  return [
    `  ${bar(score, 10)} ${paint.title(title)}\n`,
    `             ${date ?? 'undated'}${duration ? `, ${duration}` : ''} · ${cause} · ${paint.good(formatSource(source))}\n`,
    rootCause ? wrap(rootCause.summary, 13) : '',
  ].join('');
}

function renderRunbook({ title, score, source }: RunbookEvidence): string {
  const section = source.headingPath.at(-1);
  return `  ${bar(score, 10)} ${paint.title(title)}${section ? ` › ${section}` : ''} · ${paint.good(formatSource(source))}\n`;
}

function renderConfidence({ confidence: { coe, rce, raw, calibrated, reasons } }: Diagnosis): string {
  const number = calibrated === null ? `${raw.toFixed(2)} raw` : `${calibrated.toFixed(2)} calibrated`;
  return [
    heading(`Confidence ${number}`),
    `  ${bar(coe)} ${coe.toFixed(2)} evidence enough to judge (COE)\n`,
    `  ${bar(rce)} ${rce.toFixed(2)} support for this cause (RCE)\n`,
    ...reasons.slice(0, SHOWN_REASONS).map((reason) => wrap(reason, 4, '  · ')),
  ].join('');
}

function renderProvenance({ engine, id, provenance }: Diagnosis): string {
  const total = Object.values(provenance.timings).reduce((sum, ms) => sum + ms, 0);
  const attempts = (provenance.attempts ?? []).map(({ model, reason }) => wrap(`${model} was not used: ${reason}`));
  const knowledge = provenance.knowledgeSha?.slice(0, 12) ?? 'not in git';
  const line = `${id} · engine ${engine} · ${formatMs(total)} · knowledge ${knowledge} · ${provenance.model.id}`;
  return `\n${attempts.join('')}${wrap(paint.quiet(line))}`;
}
