import type { App } from '../../src/app.ts';
import { type PlannedCase, planBacktest } from '../../src/backtest/plan.ts';
import { buildQuestion } from '../../src/backtest/question.ts';
import type { BacktestReport, Share } from '../../src/domain/backtest.ts';
import type { Diagnosis } from '../../src/domain/diagnosis.ts';
import type { Incident, Runbook } from '../../src/domain/document.ts';
import { isPrecedentError } from '../../src/domain/errors.ts';
import { DiagnosisRequest } from '../../src/domain/request.ts';
import type { Embedder } from '../../src/ports.ts';
import { type AlertRule, toAlert } from '../../src/review/rules.ts';
import type { OwnKnowledge } from '../knowledge/own-knowledge.ts';
import { checkCitations, openShelf, type ResolvedAnswers, type Shelf, sumUpCitations } from './citations.ts';
import { countFalls, type Falls, listFalls } from './falls.ts';
import { listLeaks } from './leaks.ts';
import { openScene } from './scene.ts';
import { countShare } from './share.ts';

export interface OwnReport {
  readonly incidents: number;
  readonly asked: number;
  /** "Would it have found it?" by the product's own backtest; null where no incident could be asked. */
  readonly found: BacktestReport['found'] | null;
  readonly falls: Falls;
  readonly alerts: ResolvedAnswers;
  readonly asOf: ResolvedAnswers & {
    /** Answers of an incident's own day that show nothing of that day, of later, nor itself. */
    readonly tight: Share;
    readonly leaks: readonly string[];
  };
}

/** A team's own knowledge, which may hold nothing but words. */
export async function measureOwn(
  { app, index, documents, readRules }: OwnKnowledge,
  { embedder, note }: { readonly embedder: Embedder; readonly note: (text: string) => void },
): Promise<OwnReport> {
  const incidents = documents.filter((document) => document.kind === 'incident');
  const runbooks = documents.filter((document) => document.kind === 'runbook');
  const shelf = openShelf(documents, listFolders(app));
  note('own incidents: backtest\n');
  const found = await backtest(app);
  const { asked } = await planBacktest(incidents);
  note(`own incidents: ${asked.length} as of their days\n`);
  const asOf = await askAsOf(app, asked, incidents, shelf);
  note('own incidents: neighbours and candidates swapped\n');
  const falls = await listFalls(
    asked.map((planned) => ({
      question: buildQuestion(planned.incident, 'precedent', planned),
      known: listKnown(planned, incidents),
    })),
    await openScene(app, index, embedder),
  );
  note('own alerts\n');
  const alerts = await askAlerts(app, runbooks, await readRules([]), shelf);
  return { incidents: incidents.length, asked: asked.length, found, falls: countFalls([falls]), alerts, asOf };
}

/** Sources keep their files, under names of their own, in places of their own: what is cited of those is checked without. */
function listFolders({ config: { knowledgeDir, sources } }: App): string[] {
  return sources.length === 0 ? [knowledgeDir] : [];
}

async function backtest({ backtester }: App): Promise<BacktestReport['found'] | null> {
  try {
    const { report } = await backtester.run({ engine: 'precedent' });
    return report.found;
  } catch (error) {
    if (isPrecedentError(error, 'nothing-to-judge')) return null;
    throw error;
  }
}

/** As a backtest asks, and as anybody may ask who names a day and withholds nothing. */
async function askAsOf(
  { desk }: App,
  asked: readonly PlannedCase[],
  incidents: readonly Incident[],
  shelf: Shelf,
): Promise<OwnReport['asOf']> {
  const answers: { readonly diagnosis: Diagnosis; readonly leaks: readonly string[] }[] = [];
  for (const planned of asked) {
    if (planned.asOf === undefined) continue;
    const question = buildQuestion(planned.incident, 'precedent', planned);
    const { withheld: _, ...open } = question;
    for (const one of [question, open]) {
      const diagnosis = await desk.complete(one);
      answers.push({ diagnosis, leaks: listLeaks(diagnosis, planned.incident, incidents) });
    }
  }
  return {
    ...sumUpCitations(answers.map(({ diagnosis }) => checkCitations(diagnosis, shelf))),
    tight: countShare(answers.map(({ leaks }) => leaks.length === 0)),
    leaks: [...new Set(answers.flatMap(({ leaks }) => leaks))],
  };
}

function listKnown({ asOf, withheld }: PlannedCase, incidents: readonly Incident[]): string[] {
  const day = asOf?.slice(0, 10);
  return incidents
    .filter(({ id }) => !withheld.includes(id))
    .filter(({ date }) => day === undefined || (date !== undefined && date < day))
    .map(({ id }) => id);
}

/** Every alert that a runbook names, with the words of its rule where one is at hand, and every rule. */
async function askAlerts(
  { desk }: App,
  runbooks: readonly Runbook[],
  rules: readonly AlertRule[],
  shelf: Shelf,
): Promise<ResolvedAnswers> {
  const ruled = new Set(rules.map(({ alert }) => alert));
  const named = [...new Set(runbooks.flatMap(({ alerts }) => alerts))].filter((name) => !ruled.has(name));
  const alerts = [...rules.map(toAlert), ...named.map((alertname) => ({ labels: { alertname } }))];
  const checked = [];
  for (const alert of alerts) {
    const request = DiagnosisRequest.parse({ alert, options: { engine: 'precedent', traces: 'none' } });
    checked.push(checkCitations(await desk.complete(request), shelf));
  }
  return sumUpCitations(checked);
}
