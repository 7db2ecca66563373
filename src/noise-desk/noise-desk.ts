import { PrecedentError } from '../domain/errors.ts';
import type { NoiseDryRun } from '../domain/noise-dry-run.ts';
import { type NoiseRule, type NoiseSentence, stateOf } from '../domain/noise-rule.ts';
import type { ListedNoiseRule, NoiseRuleList } from '../domain/noise-rule-list.ts';
import { createDryRun, type TellingIncident } from '../noise/dry-run.ts';
import { parseSentence } from '../noise/parse-sentence.ts';
import { renderSentence } from '../noise/render-sentence.ts';
import type { AlertOfThePast, ChatModel, Clock, IntakeStore } from '../ports.ts';
import { type DraftedRule, draftRule } from './drafter.ts';
import type { NoiseKeeper } from './keeper.ts';

/** How far back to look, and at whose alerts: those of one namespace, or all. */
export interface LookBack {
  readonly days?: number | undefined;
  readonly namespace?: string | undefined;
}

/** What people do with noise rules. Changes none of them: they are files, and files are changed by people. */
export interface NoiseDesk {
  /** All rules with what each has hidden lately. */
  listRules(back?: LookBack, signal?: AbortSignal): Promise<NoiseRuleList>;
  /** What the sentence would have hidden. Throws `input-invalid` with the place of its first mistake, `overloaded` while another one runs. */
  dryRun(say: string, back?: LookBack, signal?: AbortSignal): Promise<NoiseDryRun>;
  /** Throws `not-found` with the names that there are. */
  getRule(name: string): Promise<NoiseRule>;
  /** A model's proposal, switched off. Errors: `llm-unavailable`, `llm-answer-invalid`; `config-invalid` without a model. */
  draft(words: string, signal: AbortSignal): Promise<DraftedRule>;
}

export interface NoiseDeskParts {
  readonly keeper: Pick<NoiseKeeper, 'refresh'>;
  readonly history: Pick<IntakeStore, 'listHistory'>;
  readonly listIncidents: (signal?: AbortSignal) => Promise<readonly TellingIncident[]>;
  readonly chatModel: ChatModel | undefined;
  readonly now: Clock;
}

export const DRY_RUN_DAYS = { usual: 30, most: 365 } as const;

const LISTED_DAYS = 7;
const PAGE = 500;
const MAX_LISTED = 5_000;
/** Weeks of a busy team; reading more would keep the server from its work. */
const MAX_TRIED = 50_000;
const DAY_MS = 24 * 60 * 60_000;

export function createNoiseDesk(parts: NoiseDeskParts): NoiseDesk {
  const { keeper, history, listIncidents, chatModel, now } = parts;
  let isRunning = false;

  async function runDry(sentence: NoiseSentence, { days, namespace }: LookBack, signal?: AbortSignal) {
    const to = now();
    const from = new Date(to.getTime() - (days ?? DRY_RUN_DAYS.usual) * DAY_MS);
    const run = createDryRun(sentence, { from, to }, await listIncidents(signal));
    const isComplete = await readHistory(history, from, MAX_TRIED, signal, (alerts) =>
      run.add(alerts.filter((past) => isOf(past, namespace))),
    );
    return run.finish(isComplete);
  }

  return {
    async listRules({ days = LISTED_DAYS, namespace } = {}, signal) {
      const { rules, problems } = await keeper.refresh();
      const since = new Date(now().getTime() - days * DAY_MS);
      const counts = new Map(
        rules.map((rule) => [rule.name, { alerts: 0, occurrences: new Set<string>(), lastAt: '' }]),
      );
      let last = now().toISOString();
      const isComplete = await readHistory(history, since, MAX_LISTED, signal, (alerts) => {
        last = alerts.at(-1)?.receivedAt ?? last;
        for (const past of alerts.filter((each) => isOf(each, namespace))) countFiltered(counts, past);
      });
      const listed = rules.map((rule) => toListed(rule, now(), counts.get(rule.name)));
      return { rules: listed, problems: [...problems], since: isComplete ? since.toISOString() : last };
    },
    async dryRun(say, back = {}, signal) {
      const sentence = getSentence(say);
      // Each reads much of the casebook, which has its own work to do.
      if (isRunning) throw new PrecedentError('overloaded', 'another dry run is at work: try again when it is over');
      isRunning = true;
      try {
        return await runDry(sentence, back, signal);
      } finally {
        isRunning = false;
      }
    },
    async getRule(name) {
      const { rules, problems } = await keeper.refresh();
      const rule = rules.find((each) => each.name === name);
      if (rule) return rule;
      const names = rules.map((each) => each.name).join(', ') || 'none';
      const message = `no rule that can be read is called ${name} (there are: ${names})`;
      const told = problems.map(({ path, line, message: why }) => ({ path: `${path}:${line}`, message: why }));
      throw new PrecedentError('not-found', message, { problems: told });
    },
    draft: (words, signal) => draftRule(words, chatModel, signal),
  };
}

/** The sentence as a rule, or `input-invalid` that says where it is none. */
function getSentence(say: string): NoiseSentence {
  const parsed = parseSentence(say);
  if (parsed.ok) return parsed.sentence;
  const { message } = parsed.mistake;
  throw new PrecedentError('input-invalid', `this is no rule: ${message}`, { problems: [{ path: 'say', message }] });
}

/** Hands over the pages since then, the newest first; false when there was more than `limit`. */
async function readHistory(
  history: Pick<IntakeStore, 'listHistory'>,
  since: Date,
  limit: number,
  signal: AbortSignal | undefined,
  onPage: (alerts: readonly AlertOfThePast[]) => void,
): Promise<boolean> {
  let read = 0;
  for (let after: string | undefined; ; ) {
    const page = { since, limit: Math.min(PAGE, limit - read), ...(after === undefined ? {} : { after }) };
    const { alerts, next } = await history.listHistory(page, signal);
    onPage(alerts);
    read += alerts.length;
    if (next === undefined || alerts.length === 0) return true;
    if (read >= limit) return false;
    after = next;
  }
}

function isOf(past: AlertOfThePast, namespace: string | undefined): boolean {
  return namespace === undefined || past.namespace === namespace;
}

interface FilteredCount {
  alerts: number;
  readonly occurrences: Set<string>;
  lastAt: string;
}

function countFiltered(counts: ReadonlyMap<string, FilteredCount>, past: AlertOfThePast): void {
  const count = past.filteredBy === undefined ? undefined : counts.get(past.filteredBy);
  if (!count) return;
  count.alerts++;
  count.occurrences.add(past.occurrence);
  if (past.receivedAt > count.lastAt) count.lastAt = past.receivedAt;
}

function toListed(rule: NoiseRule, at: Date, count: FilteredCount | undefined): ListedNoiseRule {
  const { say: _, sentence, enabled: __, ...told } = rule;
  const lastAt = count?.lastAt ? { lastAt: count.lastAt } : {};
  const filtered = { alerts: count?.alerts ?? 0, occurrences: count?.occurrences.size ?? 0, ...lastAt };
  return { ...told, state: stateOf(rule, at), words: renderSentence(sentence), filtered };
}
