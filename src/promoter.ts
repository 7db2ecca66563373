import type { Desk } from './desk.ts';
import type { KnowledgeReader } from './diagnose/retrieve/reader.ts';
import type { Diagnosis } from './domain/diagnosis.ts';
import { PrecedentError } from './domain/errors.ts';
import type { GradedDiagnosis } from './domain/feedback.ts';
import { LOCAL_OPERATOR, type Principal } from './domain/principal.ts';
import { listIncidents } from './known-incidents.ts';
import type { Casebook } from './ports.ts';
import { type AgreedCause, findAgreedCause } from './promote/agreed-cause.ts';
import { dayOf } from './promote/day.ts';
import { type DraftAnswers, type PostmortemDraft, writePostmortem } from './promote/postmortem.ts';
import { indexCauses, type StoredCauses } from './promote/stored-causes.ts';
import { findTold } from './promote/told.ts';
import { type PromotionCandidate, rankCandidates } from './promote/worth.ts';

export type { PostmortemDraft, PromotionCandidate };

export interface DraftOptions extends DraftAnswers {
  /** Also when a stored incident tells the same. */
  readonly isForced?: boolean | undefined;
  /** Who asks; without, whoever runs the command. */
  readonly viewer?: Principal | undefined;
}

/** Turns what people confirmed into knowledge, by way of a draft that somebody has to review. Publishes nothing. */
export interface Promoter {
  /** The few that are worth a postmortem, the worthiest first. */
  listCandidates(limit: number, signal?: AbortSignal): Promise<PromotionCandidate[]>;
  /**
   * The diagnosis as a postmortem. Errors: `not-found`, `diagnosis-not-done`, and `not-promotable` when nobody stands
   * behind a cause, when more people deny it than say it, or when a stored incident tells the same.
   */
  draft(id: string, options?: DraftOptions, signal?: AbortSignal): Promise<PostmortemDraft>;
}

/** Diagnoses of some ten kilobytes each. */
const PAGE = 100;

/** Older ones have had their chance, and reading them all would take longer with every year. */
const MAX_LOOKED_AT = 2_000;

export function createPromoter(parts: {
  readonly desk: Pick<Desk, 'get'>;
  readonly casebook: Pick<Casebook, 'listGradedDiagnoses' | 'listVerdicts'>;
  readonly reader: Pick<KnowledgeReader, 'current'>;
}): Promoter {
  return {
    async listCandidates(limit, signal) {
      const stored = indexCauses(await listIncidents(parts.reader, signal));
      return rankCandidates(await readGraded(parts.casebook, signal), stored, limit);
    },
    async draft(asked, { isForced = false, viewer = LOCAL_OPERATOR, ...answers } = {}, signal) {
      const diagnosis = await getDone(parts.desk, asked, viewer);
      const { id } = diagnosis;
      const records = await parts.casebook.listVerdicts(id, signal);
      const graded = { diagnosis, verdicts: records.filter(({ ended }) => ended === undefined) };
      const cause = getCause(graded);
      const incidents = await listIncidents(parts.reader, signal);
      const stored = indexCauses(incidents);
      if (!isForced) assertUntold(diagnosis, cause, stored);
      const others = incidents.filter((incident) => incident !== stored.origins.get(id));
      const titles = new Set(others.map(({ title }) => title.trim().toLowerCase()));
      return writePostmortem(graded, cause, answers, (title) => titles.has(title.toLowerCase()));
    },
  };
}

async function readGraded(
  casebook: Pick<Casebook, 'listGradedDiagnoses'>,
  signal: AbortSignal | undefined,
): Promise<GradedDiagnosis[]> {
  const graded: GradedDiagnosis[] = [];
  for (let after: string | undefined; graded.length < MAX_LOOKED_AT; after = graded.at(-1)?.diagnosis.id) {
    const page = await casebook.listGradedDiagnoses({ limit: PAGE, ...(after === undefined ? {} : { after }) }, signal);
    graded.push(...page);
    if (page.length < PAGE) break;
  }
  return graded;
}

async function getDone(desk: Pick<Desk, 'get'>, id: string, viewer: Principal): Promise<Diagnosis> {
  const record = await desk.get(id, viewer);
  if (record.status === 'done') return record.diagnosis;
  const mend =
    record.status === 'pending' ? 'try again once it is answered' : 'it failed, so there is nothing to write';
  throw new PrecedentError('diagnosis-not-done', `the diagnosis ${id} is not done: ${mend}`);
}

function getCause(graded: GradedDiagnosis): AgreedCause {
  const { id } = graded.diagnosis;
  const cause = findAgreedCause(graded);
  if (cause === undefined) {
    const isJudged = graded.verdicts.length > 0;
    const why = isJudged ? 'nobody has said what it was' : 'nobody has confirmed or corrected it';
    const how = `\`precedent verdict ${id} corrected --by NAME --category …\`${isJudged ? '' : ', or `confirmed`'}`;
    throw new PrecedentError('not-promotable', `the diagnosis ${id} makes no postmortem yet: ${why} (${how})`);
  }
  const { agreeing, against } = cause;
  if (against <= agreeing) return cause;
  const message = `of the people who judged the diagnosis ${id} more deny its cause (${against}) than say it (${agreeing}): agree on what it was first`;
  throw new PrecedentError('not-promotable', message);
}

function assertUntold(diagnosis: Diagnosis, cause: AgreedCause, stored: StoredCauses): void {
  const told = findTold(diagnosis, cause, { date: dayOf(diagnosis), stored });
  if (!told) return;
  const { id, source } = told.incident;
  const message = `the incident ${id} (${source.path}) ${told.reason}: add to it what is new, or insist with --force`;
  throw new PrecedentError('not-promotable', message);
}
