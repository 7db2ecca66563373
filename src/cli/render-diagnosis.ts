import type { Diagnosis, MitigationStep, Precedent, Risk, RunbookEvidence } from '../domain/diagnosis.ts';
import { formatSource } from '../domain/source.ts';
import { bar, formatMs, heading, paint, wrap } from './render.ts';
import { renderCausalPath, renderShapes, renderSuspects } from './render-suspects.ts';
import { renderDegraded, renderTraceSource, warnOfWindows } from './render-windows.ts';

const SHOWN_PRECEDENTS = 4;
const SHOWN_RUNBOOKS = 3;

/** A diagnosis for somebody who was just woken up: verdict first, then what to do, then why to believe it. */
export function renderDiagnosis(diagnosis: Diagnosis): string {
  return [
    renderVerdict(diagnosis),
    diagnosis.digest === null ? '' : heading('Suspects') + renderSuspects(diagnosis.suspects),
    renderCausalPath(diagnosis.causalPath),
    renderTraceSource(diagnosis),
    warnOfWindows(diagnosis.windows),
    renderShapes(diagnosis),
    renderRivals(diagnosis),
    renderMitigation(diagnosis.mitigation),
    heading(
      diagnosis.kind === 'answered' ? 'What we did last time' : 'The nearest incidents, none of them near enough',
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
  const when = engine === 'precedent' && precedent?.date ? `As on ${precedent.date}: ` : '';
  return [
    heading(`${rootCause.category} at ${rootCause.service ?? 'an unnamed service'}`),
    wrap(`${when}${rootCause.summary}`),
    cited ? `  ${paint.good(formatSource(cited.source))}\n` : '',
  ].join('');
}

/** What else it may be, and what would tell: the first question after "is that so?". */
function renderRivals({ kind, hypotheses }: Diagnosis): string {
  const rivals = kind === 'answered' ? hypotheses.slice(1) : hypotheses;
  if (rivals.length === 0) return '';
  const rows = rivals.map(({ category, service, support, citations }) => {
    const [cited] = citations;
    const where = cited ? ` · ${paint.good(formatSource(cited.source))}` : '';
    return `  ${String(Math.round(support * 100)).padStart(3)} % ${category} at ${service ?? 'an unnamed service'}${where}\n`;
  });
  return (
    heading(
      kind === 'answered' ? 'What else it may be, by share of the vote' : 'The best leads, by share of the vote',
    ) + rows.join('')
  );
}

/** Steps of a runbook are orders, steps of the past a report: each block says which it is and counts for itself. */
function renderMitigation(steps: readonly MitigationStep[]): string {
  if (steps.length === 0) return '';
  const documents = [...new Set(steps.map(({ citation }) => citation.document))];
  const blocks = documents.map((document) => {
    const own = steps.filter(({ citation }) => citation.document === document);
    return `  ${introduce(document)}\n${own.map(renderStep).join('')}`;
  });
  return heading('Mitigation') + blocks.join('\n');
}

function introduce(document: string): string {
  const [kind, id] = document.split(/:(.*)/);
  return kind === 'incident'
    ? `What was done in ${paint.title(`${id}`)}, in vain or not`
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

function renderConfidence({ kind, confidence: { coe, rce, raw, calibrated, reasons } }: Diagnosis): string {
  const number = calibrated === null ? `${raw.toFixed(2)} raw` : `${calibrated.toFixed(2)} calibrated`;
  return [
    heading(`Confidence ${number}`),
    `  ${bar(coe)} ${coe.toFixed(2)} evidence enough to judge (COE)\n`,
    kind === 'answered' ? `  ${bar(rce)} ${rce.toFixed(2)} support for this cause (RCE)\n` : '',
    ...reasons.map((reason) => wrap(reason, 4, '  · ')),
  ].join('');
}

/** Why the LLM did not answer stands with the verdict's engine, at the end: it changes nothing in what to do. */
function renderProvenance({ engine, id, provenance }: Diagnosis): string {
  const total = Object.values(provenance.timings).reduce((sum, ms) => sum + ms, 0);
  const attempts = (provenance.attempts ?? []).map(({ model, reason }) => wrap(`${model} was not used: ${reason}`));
  const knowledge = provenance.knowledgeSha?.slice(0, 12) ?? 'not in git';
  const line = `${id} · engine ${engine} · ${formatMs(total)} · knowledge ${knowledge} · ${provenance.model.id}`;
  return `\n${attempts.join('')}${renderDegraded(provenance)}${wrap(paint.quiet(line))}`;
}
