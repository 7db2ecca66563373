import type { Citation, Hypothesis } from '../../domain/diagnosis.ts';
import { type KnowledgeDocument, keyOf, type Section } from '../../domain/document.ts';
import type { Evidence } from '../evidence.ts';
import { namesService } from './adapt-cause.ts';
import { splitPassages } from './passages.ts';
import { isVerified } from './unverified.ts';
import type { Candidate } from './vote.ts';

const MAX_CHECK = 600;
/** Fewer words say what to look at to nobody. */
const MIN_WORDS = 3;
/** A service is a name; the words of a category are ordinary ones. */
const WEIGHT = { service: 2, category: 1, about: 1 } as const;

interface Passage {
  readonly text: string;
  readonly citation: Citation;
  /** Services that the whole document is about. */
  readonly services: readonly string[];
}

/**
 * For each explanation what to look at to tell it from its strongest rival, in the words of a runbook, else of its own
 * precedents: rather what names its service or category, and not the rival's. No two get the same, for that would tell
 * them apart no longer; null where no evidence says.
 */
export function chooseChecks(candidates: readonly Candidate[], evidence: Evidence): Hypothesis['check'][] {
  const fromRunbooks = listRunbookPassages(evidence);
  const used = new Set<string>();
  return candidates.map((candidate, at) => {
    const rival = candidates[at === 0 ? 1 : 0];
    const isFree = ({ text }: Passage) => !used.has(text);
    const best =
      pickBest(fromRunbooks.filter(isFree), candidate, rival, 1) ??
      pickBest(listOwnPassages(candidate).filter(isFree), candidate, rival, 0);
    if (!best) return null;
    used.add(best.text);
    return { text: best.text, citation: best.citation };
  });
}

/** Reviewed and current runbooks come first, and win where others say as much. */
function listRunbookPassages({ runbooks, superseded }: Evidence): Passage[] {
  const isTrusted = (document: KnowledgeDocument) => isVerified(document) && !superseded?.has(keyOf(document));
  const documents = runbooks.map(({ runbook }) => runbook);
  return [...documents.filter(isTrusted), ...documents.filter((document) => !isTrusted(document))].flatMap((document) =>
    passagesOf(document, ['diagnosis']),
  );
}

function listOwnPassages({ members }: Candidate): Passage[] {
  return members.flatMap(({ incident }) => passagesOf(incident, ['diagnosis', 'detection']));
}

function passagesOf(document: KnowledgeDocument, roles: readonly Section['role'][]): Passage[] {
  return document.sections
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ text, source }) =>
      splitPassages(text)
        .filter((passage) => passage.length <= MAX_CHECK && countWords(passage) >= MIN_WORDS)
        .map((passage) => ({
          text: passage,
          citation: { document: keyOf(document), source },
          services: document.services,
        })),
    );
}

/** A command alone does not say what to look at in what it prints. */
function countWords(passage: string): number {
  return passage
    .replace(/^\s*(```|~~~)[\s\S]*?^\s*\1/gm, '')
    .split(/\s+/)
    .filter(Boolean).length;
}

/** The first of those that speak loudest for the one and least for the other; none that says too little. */
function pickBest(
  passages: readonly Passage[],
  candidate: Candidate,
  rival: Candidate | undefined,
  least: number,
): Passage | undefined {
  let best: { passage: Passage; score: number } | undefined;
  for (const passage of passages) {
    const own = speaksFor(passage, candidate);
    const score = own - (rival ? speaksFor(passage, rival) : 0);
    // What speaks for the rival alone is the rival's check.
    if (own < least || (best && score <= best.score)) continue;
    best = { passage, score };
  }
  return best?.passage;
}

function speaksFor({ text, services }: Passage, { service, category, seenAt, members }: Candidate): number {
  const names = [service, seenAt].filter((name) => typeof name === 'string');
  const isNamed = names.some((name) => namesService(text, name));
  const about = names.length > 0 ? names : members.flatMap(({ incident }) => incident.services);
  const isAbout = about.some((name) => services.includes(name));
  const words = category.split('-').filter((word) => word.length > 2);
  const said = words.filter((word) => namesService(text, word)).length / Math.max(1, words.length);
  return (isNamed ? WEIGHT.service : 0) + (isAbout ? WEIGHT.about : 0) + WEIGHT.category * said;
}
