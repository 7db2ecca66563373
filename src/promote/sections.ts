import type { Diagnosis, MitigationStep } from '../domain/diagnosis.ts';
import type { GradedDiagnosis, TrueCause, VerdictRecord } from '../domain/feedback.ts';
import { formatSource } from '../domain/source.ts';
import { type AgreedCause, agrees } from './agreed-cause.ts';
import { codeSpan, escapeLine, quoteBlock } from './escape.ts';
import { writeSteps } from './steps.ts';

const MAX = { alerts: 20, suspects: 3, reasons: 3, citations: 5, verdicts: 50 };

/**
 * What a postmortem's sections say, by heading; one that there is nothing to say of is left out. Every sentence is our own
 * and every name in it is code; longer words of others stand as quotations. So no words of an alert, of a span or of a
 * verdict are read as a heading, as a step, or as a fact of the file.
 */
export function writeSections(graded: GradedDiagnosis, cause: AgreedCause, date: string): readonly string[] {
  const { diagnosis } = graded;
  const sections = [
    ['Summary', paragraphs(summarise(diagnosis, date), nameCause(cause))],
    ['Detection', paragraphs(quoteAlert(diagnosis), quoteDigest(diagnosis), listSuspects(diagnosis))],
    ['Root cause', paragraphs(tellCause(diagnosis, cause), ...quoteCause(graded, cause), citeCause(diagnosis, cause))],
    ['Mitigation', tellMitigation(diagnosis, cause)],
    ['What people said', paragraphs(listVerdicts(graded), tellOrigin(diagnosis))],
  ];
  return sections.flatMap(([heading, text]) => (text === '' ? [] : [`## ${heading}\n\n${text}\n`]));
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('\n\n');
}

function summarise({ situation }: Diagnosis, date: string): string {
  const alerts = (situation?.alertNames ?? []).slice(0, MAX.alerts).map(codeSpan);
  const services = (situation?.services ?? []).slice(0, MAX.alerts).map(codeSpan);
  const where = services.length === 0 ? '' : ` It was about ${services.join(', ')}.`;
  if (alerts.length === 0) return `On ${date} somebody asked what was going on.${where}`;
  return `On ${date} ${alerts.length === 1 ? 'the alert' : 'the alerts'} ${alerts.join(', ')} went off.${where}`;
}

function nameCause(cause: AgreedCause): string {
  return `The root cause was ${toCode(cause)}.`;
}

/** `disk-full` at `db`. */
function toCode({ service, category }: Pick<TrueCause, 'service' | 'category'>): string {
  if (category === undefined) return `a fault of ${codeSpan(service ?? 'an unnamed service')}`;
  return service === undefined ? codeSpan(category) : `${codeSpan(category)} at ${codeSpan(service)}`;
}

function quoteAlert({ situation }: Diagnosis): string {
  const names = new Set(situation?.alertNames);
  const said = (situation?.text ?? '').split('\n').filter((line) => !names.has(line));
  const quoted = quoteBlock(said.join('\n'));
  return quoted === '' ? '' : paragraphs('This is what the alert said, as it was asked about.', quoted);
}

function quoteDigest({ digest, situation }: Diagnosis): string {
  if (digest === null || situation?.text.includes(digest)) return '';
  return paragraphs('This is what the traces showed.', quoteBlock(digest));
}

function listSuspects({ suspects }: Diagnosis): string {
  const rows = suspects.slice(0, MAX.suspects).map(({ service, operation, reasons }, at) => {
    const where = operation === undefined ? codeSpan(service) : `${codeSpan(service)} in ${codeSpan(operation)}`;
    const why = reasons.slice(0, MAX.reasons).map(escapeLine).join('; ');
    return `- Suspect ${at + 1} by its traces was ${where}${why === '' ? '' : `, because ${why}`}`;
  });
  return rows.join('\n');
}

function tellCause({ kind, rootCause }: Diagnosis, cause: AgreedCause): string {
  const { agreeing, corrected } = cause;
  const people = agreeing === 1 ? 'One person' : `${agreeing} people`;
  if (corrected.length === 0) return `${people} confirmed that it was ${toCode(cause)}.`;
  const named = kind === 'abstained' ? 'no cause' : toCode({ ...rootCause, service: rootCause.service ?? undefined });
  return `The diagnosis had named ${named}. ${people} corrected it to ${toCode(cause)}.`;
}

/** In the words of those who say so; in the diagnosis's own where it was right and nobody added any. */
function quoteCause({ diagnosis, verdicts }: GradedDiagnosis, cause: AgreedCause): string[] {
  const told = verdicts.flatMap(({ trueCause }) =>
    trueCause?.summary !== undefined && agrees(trueCause, cause) ? [trueCause.summary] : [],
  );
  const own = told.length === 0 && cause.corrected.length === 0 ? [diagnosis.rootCause.summary] : told;
  return [...new Set(own)].map((words) => quoteBlock(words));
}

function citeCause({ hypotheses, rootCause }: Diagnosis, { corrected }: AgreedCause): string {
  const best = hypotheses.find(
    ({ service, category }) => service === rootCause.service && category === rootCause.category,
  );
  const places = [...new Set((best?.citations ?? []).map(({ source }) => formatSource(source)))];
  if (corrected.length > 0 || places.length === 0) return '';
  return `The diagnosis took it from ${places.slice(0, MAX.citations).map(codeSpan).join(', ')}.`;
}

function tellMitigation(diagnosis: Diagnosis, cause: AgreedCause): string {
  const steps = diagnosis.mitigation.filter((step) => isForCause(step, diagnosis, cause));
  if (steps.length === 0) return '';
  return paragraphs('The diagnosis proposed these steps, quoted as they are stored.', writeSteps(steps));
}

/** What was proposed against another cause was not what helped, unless it stands in a precedent of the true one. */
function isForCause({ citation }: MitigationStep, { precedents }: Diagnosis, cause: AgreedCause): boolean {
  if (cause.corrected.length === 0) return true;
  return precedents.some(
    ({ id, category, rootCause }) =>
      citation.document === `incident:${id}` &&
      category !== null &&
      agrees({ category, service: rootCause?.service ?? undefined }, cause),
  );
}

function listVerdicts({ verdicts }: GradedDiagnosis): string {
  return verdicts.slice(-MAX.verdicts).map(tellVerdict).join('\n');
}

function tellVerdict({ by, verdict, trueCause, at }: VerdictRecord): string {
  const what = `- It was ${verdict} on ${at.slice(0, 10)} by ${codeSpan(by)}`;
  if (trueCause === undefined) return what;
  const words = trueCause.summary === undefined ? '' : `, with the words “${escapeLine(trueCause.summary)}”`;
  return `${what} to ${toCode(trueCause)}${words}`;
}

function tellOrigin({ id, engine, createdAt, provenance }: Diagnosis): string {
  const when = `${createdAt.slice(0, 10)} at ${createdAt.slice(11, 16)} UTC`;
  const sha = provenance.knowledgeSha === null ? '' : `, with the knowledge of ${codeSpan(provenance.knowledgeSha)}`;
  return `This was written from the diagnosis ${codeSpan(id)}, made on ${when} by the engine ${codeSpan(engine)}${sha}.`;
}
