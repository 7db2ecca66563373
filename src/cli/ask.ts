import { type AskAnswer, AskRequest, type AskSentence } from '../domain/ask.ts';
import { DEFAULT_NAMESPACE } from '../domain/principal.ts';
import { formatSource } from '../domain/source.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput } from './input.ts';
import { paint, plain, wrap } from './render.ts';
import { ingestFirst, withApp } from './session.ts';

/** `precedent ask`: a question in words, answered with where each sentence stands. */
export async function askCommand(
  words: readonly string[],
  options: {
    readonly k?: number;
    readonly kind?: readonly string[];
    readonly service?: readonly string[];
    readonly asOf?: string;
    readonly conversation?: string;
    readonly json?: boolean;
  },
  context: CommandContext,
): Promise<number> {
  const request = parseInput(AskRequest, {
    question: words.join(' '),
    k: options.k,
    kinds: options.kind,
    services: options.service,
    asOf: options.asOf,
    conversation: options.conversation,
  });
  const answer = await withApp(context, async (app) => {
    await ingestFirst(app, context);
    return app.asker.ask(request, { namespace: DEFAULT_NAMESPACE, signal: context.signal });
  });
  context.write(options.json ? `${JSON.stringify(answer)}\n` : renderAnswer(plain(answer)));
  return answer.kind === 'refused' ? EXIT.nothing : EXIT.done;
}

/** Each sentence with the lines it stands in, as editors open them. */
export function renderAnswer({ kind, text, sentences, conversation, provenance }: AskAnswer): string {
  const { degraded = [], attempts = [] } = provenance;
  const notes = [...degraded, ...attempts.map(({ model, reason }) => `${model}: ${reason}`)];
  return [
    '\n',
    kind === 'refused' ? wrap(text) : sentences.map(renderSentence).join(''),
    ...notes.map((note) => `  ${paint.warning(note)}\n`),
    ...(conversation === undefined ? [] : [paint.quiet(`\n  go on with --conversation ${conversation}\n`)]),
  ].join('');
}

function renderSentence({ text, citations, commands = [], risk, needsApproval }: AskSentence): string {
  const places = [...new Set(citations.map(({ source }) => formatSource(source)))].join(', ');
  const warning =
    risk === undefined || risk === 'low' ? '' : ` · ${risk} risk${needsApproval ? ', needs approval' : ''}`;
  const lines = commands.flatMap((command) => command.split('\n')).map((line) => `    ${line}\n`);
  const where = `    ${paint.good(places)}${risk === 'high' ? paint.danger(warning) : paint.warning(warning)}\n`;
  return [wrap(text), ...lines, where].join('');
}
