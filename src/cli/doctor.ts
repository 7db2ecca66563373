import type { Check } from '../app.ts';
import { type CommandContext, EXIT } from './context.ts';
import { paint } from './render.ts';
import { withApp } from './session.ts';

/** A person who asks can wait, for a model to be fetched for instance; a probe cannot. */
const PATIENCE_MS = 60_000;

/** `precedent doctor`: asks every dependency how it is, and says how to mend what is not well. */
export async function doctorCommand(options: { readonly json?: boolean }, context: CommandContext): Promise<number> {
  const checks = await withApp(context, (app) => app.checkReadiness(PATIENCE_MS));
  context.write(options.json ? `${JSON.stringify({ checks })}\n` : checks.map(renderCheck).join(''));
  return checks.every(({ ok }) => ok) ? EXIT.done : EXIT.unavailable;
}

/** What is degraded is a warning: nothing is unready for it, but whoever asks wants to see it. */
function renderCheck({ name, ok, degraded, detail }: Check): string {
  const mark = degraded ? paint.warning('!') : ok ? paint.good('✔') : paint.danger('✘');
  return `${mark} ${name.padEnd(10)} ${detail}\n`;
}
