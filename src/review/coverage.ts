import { z } from 'zod';
import { createExactIndex, type ExactQuery } from '../diagnose/retrieve/exact.ts';
import { type KnowledgeDocument, keyOf, type Runbook } from '../domain/document.ts';
import type { SearchResponse } from '../domain/evidence.ts';
import { KnowledgeProblem } from '../domain/ingest-report.ts';
import type { SearchRequest } from '../domain/request.ts';
import { type AlertRule, linkOf, toAlert } from './rules.ts';

const RunbookRef = z.object({ id: z.string(), title: z.string(), path: z.string(), line: z.int().min(1) });
type RunbookRef = Readonly<z.infer<typeof RunbookRef>>;

/** One alerting rule, and whether whoever is woken by it finds a runbook. */
export const AlertCoverage = z.object({
  alert: z.string(),
  path: z.string(),
  line: z.int().min(1),
  severity: z.string().optional(),
  /** `dead-link`: the rule names a runbook that is not here, although another may cover it. */
  status: z.enum(['covered', 'uncovered', 'dead-link']),
  runbook: RunbookRef.optional(),
  link: z.string().optional(),
  /** For a gap: the runbook that comes nearest, to be extended or copied. `score` is how near it is in itself, 0..1. */
  nearest: RunbookRef.extend({ score: z.number().min(0).max(1) }).optional(),
});
export type AlertCoverage = Readonly<z.infer<typeof AlertCoverage>>;

export const Coverage = z.object({
  generation: z.string(),
  /** Share of alerting rules that have a runbook, 0..1; 1 when there is no rule. */
  share: z.number().min(0).max(1),
  counts: z.object({ alerts: z.int(), covered: z.int(), uncovered: z.int(), deadLinks: z.int(), unreached: z.int() }),
  alerts: z.array(AlertCoverage),
  /** Runbooks that no alerting rule leads to. */
  unreachedRunbooks: z.array(RunbookRef),
  /** Rule files, or parts of them, that could not be read. */
  problems: z.array(KnowledgeProblem),
});
export type Coverage = Readonly<z.infer<typeof Coverage>>;

export interface CoverageInput {
  readonly generation: string;
  readonly runbooks: readonly KnowledgeDocument[];
  readonly rules: readonly AlertRule[];
  readonly problems: readonly KnowledgeProblem[];
}

type Search = (request: SearchRequest) => Promise<SearchResponse>;

/** Which alerts have a runbook, which links lead nowhere, and which runbooks nothing leads to. */
export async function measureCoverage(input: CoverageInput, search: Search): Promise<Coverage> {
  const runbooks = input.runbooks.filter((document) => document.kind === 'runbook');
  const names = indexRunbookNames(runbooks);
  const alerts: AlertCoverage[] = [];
  for (const rule of input.rules) alerts.push(await coverAlert(rule, names, search));
  const reached = new Set(input.rules.flatMap((rule) => listRunbooksOf(rule, names)));
  const unreachedRunbooks = runbooks.filter((runbook) => !reached.has(runbook)).map(toRef);
  const covered = alerts.filter(({ runbook }) => runbook !== undefined).length;
  return {
    generation: input.generation,
    share: alerts.length === 0 ? 1 : covered / alerts.length,
    counts: {
      alerts: alerts.length,
      covered,
      uncovered: alerts.length - covered,
      deadLinks: alerts.filter(({ status }) => status === 'dead-link').length,
      unreached: unreachedRunbooks.length,
    },
    alerts,
    unreachedRunbooks,
    problems: [...input.problems],
  };
}

async function coverAlert(rule: AlertRule, names: RunbookNames, search: Search): Promise<AlertCoverage> {
  const link = linkOf(rule);
  const linked = link === undefined ? undefined : findByLink(link, names);
  const runbook = linked ?? findByName(rule.alert, names);
  const isDead = link !== undefined && linked === undefined;
  const severity = rule.labels['severity'];
  return {
    alert: rule.alert,
    path: rule.path,
    line: rule.line,
    status: isDead ? 'dead-link' : runbook ? 'covered' : 'uncovered',
    ...(severity === undefined ? {} : { severity }),
    ...(link === undefined ? {} : { link }),
    ...(runbook ? { runbook: toRef(runbook) } : await findNearest(rule, search)),
  };
}

async function findNearest(rule: AlertRule, search: Search): Promise<Pick<AlertCoverage, 'nearest'>> {
  const { results, answerable } = await search({ alert: toAlert(rule), kinds: ['runbook'], k: 1 });
  const [best] = results;
  if (best === undefined) return {};
  const { id, title, source } = best;
  // The best of a list always scores high within it; how near it is in itself is another measure.
  return { nearest: { id, title, path: source.path, line: source.line, score: answerable.score } };
}

/** What a diagnosis of this alert would put first for its name or its link alone. */
export function listRunbooksOf(rule: AlertRule, names: RunbookNames): Runbook[] {
  const link = linkOf(rule);
  const found = [link === undefined ? undefined : findByLink(link, names), findByName(rule.alert, names)];
  return found.filter((runbook) => runbook !== undefined);
}

function findByLink(link: string, names: RunbookNames): Runbook | undefined {
  return names.find({ text: '', alertNames: [], runbookUrls: [link] });
}

function findByName(alert: string, names: RunbookNames): Runbook | undefined {
  return names.find({ text: '', alertNames: [alert], runbookUrls: [] });
}

/** What runbooks may be called by. */
export interface RunbookNames {
  find(query: ExactQuery): Runbook | undefined;
}

export function indexRunbookNames(runbooks: readonly Runbook[]): RunbookNames {
  const index = createExactIndex();
  for (const runbook of runbooks) index.add(runbook);
  const byKey = new Map(runbooks.map((runbook) => [keyOf(runbook), runbook]));
  return { find: (query) => byKey.get(index.search(query).keys().next().value ?? '') };
}

function toRef({ id, title, source }: Runbook): RunbookRef {
  return { id, title, path: source.path, line: source.line };
}
