import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import type { PostmortemDraft, PromotionCandidate } from '../app.ts';
import { readConfig } from '../config.ts';
import { messageOf, PrecedentError } from '../domain/errors.ts';
import { type CommandContext, EXIT } from './context.ts';
import { writeNewFile } from './new-file.ts';
import { findPlace } from './new-place.ts';
import { heading, paint, plain, wrap } from './render.ts';
import { ingestFirst, withApp } from './session.ts';

export interface PromoteOptions {
  readonly limit?: number;
  readonly title?: string;
  readonly severity?: string;
  readonly out?: string;
  readonly stdout?: boolean;
  readonly force?: boolean;
  readonly source?: string;
  readonly folder?: string;
  readonly json?: boolean;
}

/** `precedent promote`: lists what is worth a postmortem, or writes one as a draft for a pull request. */
export async function promoteCommand(
  id: string | undefined,
  options: PromoteOptions,
  context: CommandContext,
): Promise<number> {
  return id === undefined ? await listCandidates(options, context) : await writeDraft(id, options, context);
}

async function listCandidates({ limit = 5, json }: PromoteOptions, context: CommandContext): Promise<number> {
  const candidates = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return app.promoter.listCandidates(limit, context.signal);
  });
  if (json) context.write(`${JSON.stringify({ candidates })}\n`);
  else context.write(renderCandidates(plain(candidates)));
  return candidates.length === 0 ? EXIT.nothing : EXIT.done;
}

async function writeDraft(id: string, options: PromoteOptions, context: CommandContext): Promise<number> {
  const { title, severity, force: isForced } = options;
  const draft = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return app.promoter.draft(id, { title, severity, isForced }, context.signal);
  });
  if (options.stdout) {
    context.write(options.json ? `${JSON.stringify(draft)}\n` : draft.markdown);
    return EXIT.done;
  }
  const path = await writeFileOf(draft, options, context);
  const shown = relative('.', path) || path;
  context.write(options.json ? `${JSON.stringify({ ...draft, path })}\n` : `${shown}\n`);
  context.note(`Check every line of it, then put it into a pull request: precedent lint ${shown}\n`);
  return EXIT.done;
}

async function writeFileOf(
  { fileName, markdown }: PostmortemDraft,
  { out, force = false, source, folder }: PromoteOptions,
  context: CommandContext,
): Promise<string> {
  if (out !== undefined) return writeOut(resolve(out), markdown, force);
  const where = { ...(source === undefined ? {} : { source }), ...(folder === undefined ? {} : { folder }) };
  const place = await findPlace(readConfig(context.env).config, 'incident', where);
  return writeNewFile(place, fileName, markdown, { mayReplace: force });
}

/** Wherever somebody wants it, also outside the knowledge. */
async function writeOut(path: string, markdown: string, mayReplace: boolean): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true });
    if (mayReplace) await rm(path, { force: true });
    await writeFile(path, markdown, { flag: 'wx' });
    return path;
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = isThere
      ? 'exists already: choose another name, or replace it with --force'
      : `cannot be written: ${messageOf(error)}`;
    throw new PrecedentError('input-invalid', `${path} ${reason}`, { cause: error });
  }
}

function renderCandidates(candidates: readonly PromotionCandidate[]): string {
  if (candidates.length === 0) {
    const none =
      'No diagnosis is worth a postmortem: people have confirmed or corrected none, or the knowledge tells of all.';
    return `${none}\n`;
  }
  return [heading('Worth a postmortem'), ...candidates.map(renderCandidate)].join('');
}

function renderCandidate({ diagnosis, date, service, category, reasons }: PromotionCandidate): string {
  const cause = `${category ?? 'some category'} at ${service ?? 'some service'}`;
  const why = reasons.map((reason) => wrap(reason, 6, '    · ')).join('');
  return `  ${paint.title(diagnosis)} ${cause} ${paint.quiet(`· ${date}`)}\n${why}`;
}
