import type { App } from '../app.ts';
import { readConfig } from '../config.ts';
import { type NoiseRule, stateOf } from '../domain/noise-rule.ts';
import { createNoiseKeeper } from '../noise-desk/keeper.ts';
import type { NoiseDesk } from '../noise-desk/noise-desk.ts';
import { type FindingFormat, renderFindings } from '../review/annotations.ts';
import type { Finding } from '../review/finding.ts';
import { openLocalSources } from '../review/read-for-review.ts';
import { type CommandContext, EXIT } from './context.ts';
import { plain } from './render.ts';
import { count, renderDryRun, renderRules } from './render-rules.ts';
import { locate, toRepositoryPath } from './repository-path.ts';
import { ingestFirst, withApp } from './session.ts';

/** Gives a command what it asks rules with; `needsIncidents` where postmortems are to be known. */
export type WithNoise = <T>(
  context: CommandContext,
  run: (noise: NoiseDesk) => Promise<T>,
  options?: { readonly needsIncidents?: boolean },
) => Promise<T>;

/** What of the program the rules are asked with. */
export function createWithNoise(noiseOf: (app: App) => NoiseDesk): WithNoise {
  return (context, run, { needsIncidents = false } = {}) =>
    withApp(context, async (app) => {
      // A repository has no folder here before it was fetched.
      if (needsIncidents || app.config.sources.some((source) => 'git' in source)) await ingestFirst(app, context);
      return run(noiseOf(app));
    });
}

interface JsonOption {
  readonly json?: boolean;
}

/** `precedent rules`: which there are, whether they are on, and what they hid lately. */
export async function listRulesCommand(
  { json }: JsonOption,
  context: CommandContext,
  withNoise: WithNoise,
): Promise<number> {
  const list = await withNoise(context, (noise) => noise.listRules({}, context.signal));
  context.write(json ? `${JSON.stringify(list)}\n` : renderRules(plain(list)));
  return list.rules.length + list.problems.length === 0 ? EXIT.nothing : EXIT.done;
}

/** `precedent rules check`: what keeps a rule on this machine from being one. Reads files, and nothing else. */
export async function checkRulesCommand(
  { format = 'text', json }: JsonOption & { readonly format?: FindingFormat },
  context: CommandContext,
  now: () => Date = () => new Date(),
): Promise<number> {
  const { checkouts, elsewhere } = await openLocalSources(readConfig(context.env).config, context.signal);
  if (elsewhere.length > 0) {
    context.note(`not looked at, because they are not on this machine: ${elsewhere.join(', ')}\n`);
  }
  await using keeper = createNoiseKeeper({ listRoots: async () => checkouts, now });
  const { rules, problems } = await keeper.refresh();
  const findings: Finding[] = [
    ...problems.map((problem): Finding => ({ ...problem, rule: 'noise-rule', severity: 'error' })),
    ...rules.filter((rule) => stateOf(rule, now()) === 'expired').map(toExpired),
  ];
  const shown = json ? 'json' : format;
  context.write(renderFindings(findings, shown, (path) => toRepositoryPath(locate(path, checkouts))));
  const summary = `${count(problems.length, 'mistake')} in ${count(rules.length, 'readable rule')}\n`;
  if (shown === 'text') context.write(summary);
  else context.note(summary);
  return problems.length > 0 ? EXIT.badInput : EXIT.done;
}

function toExpired({ name, until, path, line }: NoiseRule): Finding {
  const message = `${name} hides nothing since ${until} is over: take it out, or give it a later day`;
  return { path, line, rule: 'noise-rule-expired', severity: 'warning', message };
}

export interface TryOptions extends JsonOption {
  readonly days?: number;
}

/** What `enable` would refuse is nothing that a script should go on with. */
const TRY_EXIT = {
  safe: EXIT.done,
  'hides-incidents': EXIT.badInput,
  'hides-nothing': EXIT.nothing,
  'no-history': EXIT.nothing,
} as const;

/** `precedent rules try`: the sentence back in words, and what it would have hidden. */
export async function tryRuleCommand(
  say: string,
  { days, json }: TryOptions,
  context: CommandContext,
  withNoise: WithNoise,
): Promise<number> {
  const run = (noise: NoiseDesk) => noise.dryRun(say, { days }, context.signal);
  const dryRun = await withNoise(context, run, { needsIncidents: true });
  context.write(json ? `${JSON.stringify(dryRun)}\n` : renderDryRun(plain(dryRun)));
  return TRY_EXIT[dryRun.outcome];
}
