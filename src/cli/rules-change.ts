import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { readConfig } from '../config.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import type { NoiseDryRun } from '../domain/noise-dry-run.ts';
import type { NoiseRule } from '../domain/noise-rule.ts';
import { switchRule, writeRuleFile } from '../noise/edit-rules.ts';
import { WrittenRule } from '../noise/read-rules.ts';
import { openLocalSources } from '../review/read-for-review.ts';
import { type CommandContext, EXIT } from './context.ts';
import { writeNewFile } from './new-file.ts';
import { plain } from './render.ts';
import { renderDryRun } from './render-rules.ts';
import { locate } from './repository-path.ts';
import type { TryOptions, WithNoise } from './rules.ts';

export interface EnableOptions extends TryOptions {
  readonly force?: boolean;
  /** Who stands behind a rule that a model drafted. */
  readonly by?: string;
}

/** `precedent rules enable`: tries the rule first, and switches it on in its file when the past speaks for it. */
export async function enableRuleCommand(
  name: string,
  { days, force = false, by, json }: EnableOptions,
  context: CommandContext,
  withNoise: WithNoise,
): Promise<number> {
  const tryIt = async (noise: Parameters<Parameters<WithNoise>[1]>[0]) => {
    const rule = await noise.getRule(name);
    return { rule, dryRun: await noise.dryRun(rule.say, { days }, context.signal) };
  };
  const { rule, dryRun } = await withNoise(context, tryIt, { needsIncidents: true });
  const file = await findFile(rule, context);
  assertReviewed(rule, by);
  if (!json) context.write(renderDryRun(plain(dryRun)));
  const refusal = force ? undefined : findRefusal(name, dryRun);
  if (refusal === undefined) {
    const reviewed = by === undefined ? {} : { reviewedBy: by };
    await rewrite(file, (text) => switchRule(text, { name, enabled: true, ...reviewed }));
    context.note(`${name} is on in ${shorten(file)}; it holds where the file is served, so commit it.\n`);
  }
  if (json) context.write(`${JSON.stringify({ name, enabled: refusal === undefined, dryRun })}\n`);
  if (refusal !== undefined) context.note(`precedent: ${refusal}\n`);
  return refusal === undefined ? EXIT.done : EXIT.badInput;
}

function findRefusal(name: string, { outcome }: NoiseDryRun): string | undefined {
  if (outcome === 'safe') return undefined;
  const why =
    outcome === 'hides-incidents'
      ? 'it would have hidden what became an incident: make it narrower'
      : 'there is no history to judge it by: look further back with --days, or wait until the alert was received';
  return `${name} stays off: ${why}, or insist with --force`;
}

function assertReviewed({ name, draftedBy, reviewedBy }: NoiseRule, by: string | undefined): void {
  if (draftedBy !== 'llm' || reviewedBy !== undefined || (by ?? '').trim() !== '') return;
  const message = `a model drafted ${name}: whoever has read it says so with --by NAME`;
  throw new PrecedentError('input-invalid', message);
}

/** `precedent rules disable`: switches the rule off in its file, whatever the past says. */
export async function disableRuleCommand(
  name: string,
  { json }: { readonly json?: boolean },
  context: CommandContext,
  withNoise: WithNoise,
): Promise<number> {
  const rule = await withNoise(context, (noise) => noise.getRule(name));
  const file = await findFile(rule, context);
  await rewrite(file, (text) => switchRule(text, { name, enabled: false }));
  if (json) context.write(`${JSON.stringify({ name, enabled: false })}\n`);
  context.note(`${name} is off in ${shorten(file)}; it holds where the file is served, so commit it.\n`);
  return EXIT.done;
}

export interface DraftOptions extends TryOptions {
  readonly name?: string;
  readonly source?: string;
}

/** Beyond two calls of a model nobody waits. */
const DRAFT_MS = 120_000;

/** `precedent rules draft`: a model's sentence for free words, tried and written down switched off. */
export async function draftRuleCommand(
  words: string,
  { days, name, source, json }: DraftOptions,
  context: CommandContext,
  withNoise: WithNoise,
): Promise<number> {
  assertName(name);
  const { root } = await findRoot(context, source);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(DRAFT_MS)]);
  const { draft, dryRun } = await withNoise(
    context,
    async (noise) => {
      const proposed = await noise.draft(words, signal);
      return { draft: proposed, dryRun: await noise.dryRun(proposed.say, { days }, context.signal) };
    },
    { needsIncidents: true },
  );
  const written = { name: name ?? draft.name, say: draft.say, reason: draft.reason, draftedBy: 'llm' };
  const comment = `Drafted by ${plain(draft.model).replace(/\s+/g, ' ')}. Read it, try it, then: precedent rules enable ${written.name} --by NAME`;
  const path = await writeNewFile({ root, folder: 'noise' }, `${written.name}.yaml`, writeRuleFile(written, comment));
  context.write(
    json ? `${JSON.stringify({ ...written, enabled: false, path, dryRun })}\n` : renderDryRun(plain(dryRun)),
  );
  context.note(`${written.name} is written to ${shorten(path)}, switched off.\n`);
  return EXIT.done;
}

function assertName(name: string | undefined): void {
  const result = WrittenRule.shape.name.optional().safeParse(name);
  if (!result.success) throw new PrecedentError('input-invalid', `--name ${result.error.issues[0]?.message}`);
}

async function findRoot(context: CommandContext, source: string | undefined) {
  const { checkouts } = await openLocalSources(readConfig(context.env).config, context.signal);
  const fitting = checkouts.filter(({ name }) => source === undefined || name === source);
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const names = checkouts.map(({ name }) => name).join(', ');
  throw new PrecedentError('input-invalid', `name the source of the new rule with --source (there are: ${names})`);
}

/** The file on this machine; one of a repository elsewhere is changed there, by those who may. */
async function findFile({ name, path, line }: NoiseRule, context: CommandContext): Promise<string> {
  const { checkouts, elsewhere } = await openLocalSources(readConfig(context.env).config, context.signal);
  const owner = elsewhere.find((each) => path.startsWith(`${each}/`));
  if (owner === undefined) return realpath(locate(path, checkouts));
  const message = `${name} lies in ${path}:${line}, whose source ${owner} is not a folder on this machine: change \`enabled\` there, in a pull request`;
  throw new PrecedentError('input-invalid', message);
}

/** The whole new file or the whole old one, whatever happens. */
async function rewrite(path: string, edit: (text: string) => string): Promise<void> {
  const fresh = `${path}.new`;
  const text = edit(await readFile(path, 'utf8'));
  try {
    await writeFile(fresh, text, { flag: 'wx', mode: (await stat(path)).mode });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw new PrecedentError('input-invalid', `${path} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

function shorten(path: string): string {
  return relative('.', path) || path;
}
