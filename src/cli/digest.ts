import { DigestRequest } from '../domain/request.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput, refuseSharedInput } from './input.ts';
import { plain } from './render.ts';
import { renderDigest } from './render-suspects.ts';
import { withApp } from './session.ts';
import { readTraceFiles } from './trace-files.ts';

export interface DigestOptions {
  readonly baseline?: string;
  readonly incident: string;
  readonly asOf?: string;
  readonly json?: boolean;
}

/** `precedent digest`: two windows of spans in, suspects and a causal path out. Needs no knowledge. */
export async function digestCommand(options: DigestOptions, context: CommandContext): Promise<number> {
  refuseSharedInput(options.baseline, options.incident);
  const { asOf } = parseInput(DigestRequest.pick({ asOf: true }), { asOf: options.asOf });
  const digest = await withApp(context, async (app) => {
    return app.digest(await readTraceFiles(options, asOf, app, context));
  });
  context.write(options.json ? `${JSON.stringify(digest)}\n` : renderDigest(plain(digest)));
  return digest.healthy ? EXIT.nothing : EXIT.done;
}
