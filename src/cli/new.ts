import { relative } from 'node:path';
import { readConfig } from '../config.ts';
import { type CommandContext, EXIT } from './context.ts';
import { fileNameFor, writeNewFile } from './new-file.ts';
import { findPlace } from './new-place.ts';
import { type Ask, collectAnswers, type Given, listQuestions, openTerminal, toAnswers } from './new-questions.ts';
import { type NewKind, renderTemplate } from './new-templates.ts';

/** `source` and `folder` say where, when there is more than one place for it. */
export type NewOptions = Given & { readonly source?: string; readonly folder?: string };

/** `precedent new`: asks what only a person knows, writes the file with its conventional sections, and says what next. */
export async function newCommand(
  kind: NewKind,
  options: NewOptions,
  context: CommandContext,
  { ask, now = () => new Date() }: { readonly ask?: Ask; readonly now?: () => Date } = {},
): Promise<number> {
  const place = await findPlace(readConfig(context.env).config, kind, options);
  const today = now().toISOString().slice(0, 10);
  using terminal = ask ? undefined : openTerminal(context);
  const given = await collectAnswers(listQuestions(kind, today), options, ask ?? terminal?.ask);
  const answers = toAnswers(given, today);
  const path = await writeNewFile(place, fileNameFor(kind, answers), renderTemplate(kind, answers));
  const shown = relative('.', path) || path;
  context.write(`${shown}\n`);
  context.note(`Fill in its sections, then check it: precedent lint ${shown}\n`);
  return EXIT.done;
}
