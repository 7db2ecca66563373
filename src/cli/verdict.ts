import { type DiagnosisVerdicts, VerdictRequest } from '../domain/feedback.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { type CommandContext, EXIT } from './context.ts';
import { parseInput } from './input.ts';
import { heading, paint, plain, wrap } from './render.ts';
import { withApp } from './session.ts';

export interface VerdictOptions {
  readonly by: string;
  readonly service?: string;
  readonly category?: string;
  readonly summary?: string;
  readonly withdraw?: boolean;
  readonly json?: boolean;
}

/** `precedent verdict`: says whether a diagnosis was right, or takes that back. */
export async function verdictCommand(
  id: string,
  verdict: string | undefined,
  options: VerdictOptions,
  context: CommandContext,
): Promise<number> {
  const request = options.withdraw ? undefined : readRequest(verdict, options);
  const by = parseInput(VerdictRequest.shape.by, options.by);
  const said = await withApp(context, async ({ desk, audit }) => {
    const told = await (request
      ? desk.giveVerdict(id, request, LOCAL_OPERATOR)
      : desk.withdrawVerdict(id, by, LOCAL_OPERATOR));
    await audit.record(LOCAL_OPERATOR, request ? 'verdict.give' : 'verdict.withdraw', told.diagnosisId);
    return told;
  });
  context.write(options.json ? `${JSON.stringify(said)}\n` : renderVerdicts(plain(said)));
  return EXIT.done;
}

function readRequest(verdict: string | undefined, { by, service, category, summary }: VerdictOptions): VerdictRequest {
  const cause = Object.entries({ service, category, summary }).filter(([, value]) => value !== undefined);
  return parseInput(VerdictRequest, {
    verdict,
    by,
    ...(cause.length === 0 ? {} : { trueCause: Object.fromEntries(cause) }),
  });
}

function renderVerdicts({ diagnosisId, verdicts, tally }: DiagnosisVerdicts): string {
  const counts = Object.entries(tally).map(([kind, count]) => `${count} ${kind}`);
  return [
    heading(`Verdicts on ${diagnosisId}`),
    ...verdicts.map(renderVerdict),
    `  ${paint.quiet(counts.join(', '))}\n`,
  ].join('');
}

function renderVerdict({ by, verdict, trueCause, at }: DiagnosisVerdicts['verdicts'][number]): string {
  const { service, category, summary } = trueCause ?? {};
  const cause = trueCause ? `: ${category ?? 'some category'} at ${service ?? 'some service'}` : '';
  return `  ${verdict}${cause} ${paint.quiet(`· ${by}, ${at}`)}\n${summary === undefined ? '' : wrap(summary, 4)}`;
}
