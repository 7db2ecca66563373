import { type Diagnosis, type Hypothesis, MAX_SITUATION_TEXT } from './domain/diagnosis.ts';
import type { TrueCause } from './domain/feedback.ts';
import { redactTexts, UNCHECKED } from './domain/redact-texts.ts';
import type { Redactor } from './domain/redaction.ts';
import type { LoadShape, Suspect } from './domain/trace.ts';

/** Longer than any name or signal is. */
const MAX_NAME = 500;

type Words = (text: string) => string;

/**
 * The diagnosis without secrets in any words that its caller may have written: those of the alert, and those of a digest
 * or of spans, which also come back as suspects, as a path, as a cause's service and in reasons. What is quoted from the
 * knowledge has been through the redactor before it was stored. When nobody can look for secrets none of these words is
 * kept, and the diagnosis is answered all the same.
 */
export async function redactDiagnosis(said: Diagnosis, redact: Redactor): Promise<Diagnosis> {
  const texts = new Set<string>();
  mapCallersWords(said, (text) => {
    texts.add(text);
    return text;
  });
  try {
    const clean = await redactTexts([...texts], redact);
    return cutSituation(mapCallersWords(said, (text) => clean.get(text) ?? UNCHECKED));
  } catch {
    const { situation: _, ...rest } = said;
    return { ...mapCallersWords(rest, () => UNCHECKED), digest: null };
  }
}

function mapCallersWords(said: Diagnosis, words: Words): Diagnosis {
  const { rootCause, situation, confidence, provenance } = said;
  const { degraded, attempts, traces } = provenance;
  return {
    ...said,
    rootCause: { ...rootCause, ...mapCause(rootCause, words) },
    hypotheses: said.hypotheses.map((hypothesis) => mapHypothesis(hypothesis, words)),
    suspects: said.suspects.map((suspect) => mapSuspect(suspect, words)),
    causalPath: said.causalPath.map((edge) => ({ ...edge, from: words(edge.from), to: words(edge.to) })),
    digest: said.digest === null ? null : words(said.digest),
    ...(said.shapes && { shapes: said.shapes.map((shape) => mapShape(shape, words)) }),
    confidence: { ...confidence, reasons: confidence.reasons.map(words) },
    provenance: {
      ...provenance,
      ...(traces && { traces: { ...traces, services: traces.services.map(words) } }),
      ...(degraded && { degraded: degraded.map(words) }),
      ...(attempts && { attempts: attempts.map(({ model, reason }) => ({ model, reason: words(reason) })) }),
    },
    ...(situation && {
      situation: {
        text: words(situation.text),
        alertNames: situation.alertNames.map(words),
        services: situation.services.map(words),
        signals: situation.signals.map(words),
      },
    }),
  };
}

function mapCause<Cause extends Pick<Hypothesis, 'service' | 'summary'>>({ service, summary }: Cause, words: Words) {
  return { service: service === null ? null : words(service), summary: words(summary) };
}

function mapHypothesis(hypothesis: Hypothesis, words: Words): Hypothesis {
  const { check, reasons, seenAt } = hypothesis;
  return {
    ...hypothesis,
    ...mapCause(hypothesis, words),
    check: check && { ...check, text: words(check.text) },
    ...(reasons && { reasons: reasons.map(words) }),
    ...(seenAt !== undefined && { seenAt: words(seenAt) }),
  };
}

function mapSuspect(suspect: Suspect, words: Words): Suspect {
  const { service, operation, reasons, exemplarTraceIds } = suspect;
  return {
    ...suspect,
    service: words(service),
    ...(operation !== undefined && { operation: words(operation) }),
    reasons: reasons.map(words),
    exemplarTraceIds: exemplarTraceIds.map(words),
  };
}

function mapShape(shape: LoadShape, words: Words): LoadShape {
  const { service, operation, reason } = shape;
  return {
    ...shape,
    service: words(service),
    ...(operation !== undefined && { operation: words(operation) }),
    reason: words(reason),
  };
}

/** Only now, because half a secret might no longer be recognised as one. */
function cutSituation(diagnosis: Diagnosis): Diagnosis {
  const { situation } = diagnosis;
  if (situation === undefined) return diagnosis;
  const names = (list: readonly string[]) => list.map((name) => cut(name, MAX_NAME));
  return {
    ...diagnosis,
    situation: {
      text: cut(situation.text, MAX_SITUATION_TEXT),
      alertNames: names(situation.alertNames),
      services: names(situation.services),
      signals: names(situation.signals),
    },
  };
}

/** Between words where there is a space in the last part, else between two characters: not every script has spaces. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const kept = text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
  if (/\s/.test(text.charAt(length))) return kept.trimEnd();
  const space = kept.search(/\s\S*$/);
  return space > length * 0.9 ? kept.slice(0, space).trimEnd() : kept;
}

/** Fails when nobody can look for secrets: then the verdict is not taken down. */
export async function redactCause(cause: TrueCause, redact: Redactor): Promise<TrueCause> {
  const clean = async (text: string | undefined) => (text === undefined ? undefined : (await redact(text)).text);
  const [service, category, summary] = await Promise.all([cause.service, cause.category, cause.summary].map(clean));
  return {
    ...(service === undefined ? {} : { service }),
    ...(category === undefined ? {} : { category }),
    ...(summary === undefined ? {} : { summary }),
  };
}

/** What went wrong, which may quote what was asked. */
export async function redactFailure(detail: string, redact: Redactor): Promise<string> {
  try {
    return (await redact(detail)).text;
  } catch {
    return UNCHECKED;
  }
}
