import { DigestRequest } from '../domain/request.ts';
import type { TraceDigest } from '../domain/trace.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput, readJson } from './input.ts';
import { heading, plain, wrap } from './render.ts';
import { renderCausalPath, renderSuspects } from './render-suspects.ts';
import { withApp } from './session.ts';

/** `precedent digest`: two windows of spans in, suspects and a causal path out. Needs no knowledge. */
export async function digestCommand(
  options: { readonly baseline?: string; readonly incident: string; readonly json?: boolean },
  context: CommandContext,
): Promise<number> {
  const request = parseInput(DigestRequest, {
    ...(options.baseline === undefined ? {} : { baseline: await readJson(options.baseline) }),
    incident: await readJson(options.incident),
  });
  const digest = await withApp(context, (app) => app.digest(request));
  context.write(options.json ? `${JSON.stringify(digest)}\n` : renderDigest(plain(digest)));
  return digest.healthy ? EXIT.nothing : EXIT.done;
}

function renderDigest(digest: TraceDigest): string {
  return [
    wrap(digest.text, 0),
    heading('Suspects'),
    renderSuspects(digest.suspects),
    renderCausalPath(digest.causalPath),
    heading('Signals'),
    ...digest.signals.map((signal) => `  ${signal}\n`),
  ].join('');
}
