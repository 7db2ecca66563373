import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../config.ts';
import { DOCUMENT_KINDS, DocumentKind } from '../domain/document.ts';
import { EngineName } from '../domain/engine.ts';
import { RetrievalPart } from '../domain/evidence.ts';
import { addAccessCommands } from './access-program.ts';
import { addAlertCommands } from './alerts-program.ts';
import { backtestCommand } from './backtest.ts';
import { type CommandContext, EXIT } from './context.ts';
import { coverageCommand } from './coverage.ts';
import { demoCommand } from './demo.ts';
import { diagnoseCommand } from './diagnose.ts';
import { diffCommand } from './diff.ts';
import { digestCommand } from './digest.ts';
import { doctorCommand } from './doctor.ts';
import { explainFailure } from './failure.ts';
import { ingestCommand } from './ingest.ts';
import { lintCommand } from './lint.ts';
import { newCommand } from './new.ts';
import { collect, positive, withJson } from './options.ts';
import { promoteCommand } from './promote.ts';
import { createWithNoise } from './rules.ts';
import { addRulesCommands } from './rules-program.ts';
import { searchCommand } from './search.ts';
import { serveCommand } from './serve.ts';
import { withApp } from './session.ts';
import { snapshotCommand } from './snapshot.ts';
import { statusCommand } from './status.ts';
import { verdictCommand } from './verdict.ts';

const AFTER_HELP = `
Exit codes:
    0  done
    1  something broke that should not have
    2  bad input, usage or configuration: mend it and run again
    3  a dependency is away: the same command may work in a moment
    4  the honest answer is nothing: no result, no precedent, healthy traces
  130  stopped by a signal before it was done

Settings come from the environment or precedent.yaml; .env.example lists them all.`;

const TRACE_FILES = `
Traces are JSON of Jaeger, OTLP, Tempo or Zipkin v2: one document, or JSON Lines; plain, gzip or zstd; - is standard input.`;

/** Parses one command line, runs it, and returns its exit code. */
export async function runProgram(args: readonly string[], context: CommandContext): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
    const failure = explainFailure(error);
    context.note(failure.text);
    return failure.exitCode;
  }
}

function buildProgram(context: CommandContext, exit: (code: number) => void): Command {
  const program = new Command('precedent')
    .description('Tells whoever is on call what we did last time.')
    .version(VERSION)
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({ writeOut: context.write, writeErr: context.note });

  withJson(program.command('serve'))
    .description('ingest when the index is behind, then serve the HTTP API')
    .action(async (options) => exit(await serveCommand(options, context)));
  withJson(program.command('ingest'))
    .description('bring the index up to the runbooks, incidents and topology in KNOWLEDGE_DIR')
    .action(async (options) => exit(await ingestCommand(options, context)));
  withJson(program.command('search'))
    .description('find runbooks, incidents and services')
    .argument('<words...>', 'what to look for')
    .option('-k, --k <number>', 'results, at most 100', positive, 5)
    .option('--kind <kind>', `only this kind (${DOCUMENT_KINDS.join(', ')}); may be repeated`, collectKind)
    .option('--service <name>', 'only documents about this service; may be repeated', collect)
    .option('--category <name>', 'only incidents of this root-cause category; may be repeated', collect)
    .option('--since <day>', 'only incidents of this day and later (2026-03-31)')
    .option('--as-of <time>', 'only incidents known then (2026-03-31T12:00:00Z)')
    .option(
      '--without <part>',
      `leave a part of the score out (${RetrievalPart.options.join(', ')}); may be repeated`,
      collect,
    )
    .action(async (words, options) => exit(await searchCommand(words, options, context)));
  withJson(program.command('diagnose'))
    .description('diagnose an alert, with its traces when there are any')
    .requiredOption('--alert <file>', "Alertmanager's alert or group as JSON; - for standard input")
    .option('--baseline <file>', 'traces of a normal window')
    .option('--incident <file>', 'traces of the window in trouble; - for standard input')
    .option('--as-of <time>', 'answer with what was known then (ISO 8601)')
    .option('-k, --k <number>', 'precedents', positive)
    .addOption(new Option('--engine <engine>', 'who answers').choices(['auto', 'precedent', 'llm']))
    .addHelpText(
      'after',
      `${TRACE_FILES}\nWithout --incident, the store of traces at TRACES_URL is asked, where one is set.`,
    )
    .action(async (options) => exit(await diagnoseCommand(options, context)));
  withJson(program.command('verdict'))
    .description('say whether a diagnosis was right; later rankings in similar situations follow, a little')
    .argument('<diagnosis-id>', 'as the diagnosis names it')
    .argument('[verdict]', 'confirmed, rejected or corrected')
    .requiredOption('--by <name>', 'who says so; each person counts once')
    .option('--service <name>', 'with corrected: the culprit')
    .option('--category <name>', 'with corrected: the root-cause category')
    .option('--summary <text>', 'with corrected: the cause in words')
    .option('--withdraw', 'take the verdict back instead')
    .action(async (id, verdict, options) => exit(await verdictCommand(id, verdict, options, context)));
  program
    .command('backtest')
    .description('ask about every past incident as if it happened again, and calibrate confidence on the outcome')
    .addOption(new Option('--engine <engine>', 'who answers').choices(EngineName.options).default('precedent'))
    .option('--since <day>', 'only ask about incidents of this day and later (2026-03-31); calibrates nothing')
    .option('--fresh', 'ask everything anew, also what an interrupted run has asked')
    .option('--json [file]', 'write the report as JSON; without a file as the answer')
    .option('--html <file>', 'write the report as a page with plots')
    .option('--markdown <file>', 'write the report as Markdown')
    .action(async (options) => exit(await backtestCommand(options, context)));
  withPlace(withJson(program.command('promote')))
    .description('list the diagnoses that are worth a postmortem, or write one as a draft for a pull request')
    .argument('[diagnosis-id]', 'a diagnosis that people confirmed or corrected; without it, the list')
    .option('-n, --limit <number>', 'in the list', positive, 5)
    .option('--title <text>', 'what happened, in one line')
    .option('--severity <severity>', 'severity of the incident, as your team ranks it')
    .option('--out <file>', 'write it here instead of into the knowledge')
    .option('--stdout', 'write it to standard output instead')
    .option('--force', 'also when there is such a file, or an incident that tells the same')
    .action(async (id, options) => exit(await promoteCommand(id, options, context)));
  withJson(program.command('digest'))
    .description('name the suspects in two windows of traces')
    .option('--baseline <file>', 'traces of a normal window')
    .requiredOption('--incident <file>', 'traces of the window in trouble; - for standard input')
    .option('--as-of <time>', 'only what was known then (ISO 8601)')
    .addHelpText('after', TRACE_FILES)
    .action(async (options) => exit(await digestCommand(options, context)));
  withJson(program.command('snapshot'))
    .description('write the traces that a digest came from, page by page, as JSON Lines')
    .argument('<key>', 'as snapshotKeys of the digest have it')
    .option('--page <number>', 'only this page', positive)
    .action(async (key, options) => exit(await snapshotCommand(key, options, context)));
  withJson(program.command('demo'))
    .description('run the whole job on the sample knowledge')
    .option('--keep', 'leave the server up and print curl lines to try')
    .action(async (options) => exit(await demoCommand(options, context)));
  withJson(program.command('lint'))
    .description('find what authors should mend in the runbooks, incidents and topology on this machine')
    .argument('[paths...]', 'report only on these files and folders')
    .option('--strict', 'fail on warnings too')
    .addOption(formatOption('text', 'json', 'github', 'gitlab'))
    .action(async (paths, options) => exit(await lintCommand(paths, options, context)));
  const start = program.command('new').description('start a runbook or an incident from a template');
  withPlace(start.command('runbook'))
    .description('how to handle an alert')
    .option('--alert <name>', 'alert, as the rule names it')
    .option('--service <name>', 'service that it is about')
    .option('--title <text>', 'title in words (default: the words of the alert)')
    .option('--owner <team>', 'team that owns it')
    .option('--severity <severity>', 'severity of the alert (default: warning)')
    .action(async (options) => exit(await newCommand('runbook', options, context)));
  withPlace(start.command('incident'))
    .description('what happened once, and what was done')
    .option('--title <text>', 'what happened, in one line')
    .option('--date <day>', 'day it happened (default: today)')
    .option('--service <names>', 'services involved, with commas between')
    .option('--alert <names>', 'alerts that fired, with commas between')
    .option('--severity <severity>', 'severity of the incident (default: sev3)')
    .action(async (options) => exit(await newCommand('incident', options, context)));
  withJson(program.command('status'))
    .description('compare what is served of each source with where the source stands')
    .action(async (options) => exit(await statusCommand(options, context)));
  withJson(program.command('coverage'))
    .description('find alerts without a runbook, dead runbook links and runbooks that no alert reaches')
    .option('--rules <files...>', 'Prometheus rule files, folders or globs (default: the `rules` of the sources)')
    .addOption(formatOption('text', 'json', 'github', 'gitlab'))
    .action(async (options) => exit(await coverageCommand(options, context)));
  withJson(program.command('diff'))
    .description('show what a change of the knowledge does to the answers')
    .requiredOption('--base <ref>', 'commit, branch or tag to compare the working tree with')
    .option('--rules <files...>', 'Prometheus rule files, folders or globs (default: the `rules` of the sources)')
    .addOption(formatOption('text', 'json', 'github', 'gitlab', 'markdown'))
    .action(async (options) => exit(await diffCommand(options, context)));
  addAlertCommands(program, context, exit);
  addRulesCommands(
    program,
    context,
    exit,
    createWithNoise(({ noise }) => noise),
  );
  addAccessCommands(program, context, exit, withApp);
  withJson(program.command('doctor'))
    .description('check every dependency and say how to mend what is not well')
    .action(async (options) => exit(await doctorCommand(options, context)));
  return program;
}

function withPlace(command: Command): Command {
  return command
    .option('--source <name>', 'source that it belongs to, where several are configured')
    .option('--folder <path>', 'folder for it inside the knowledge (default: runbooks/ or incidents/)');
}

function formatOption(...formats: readonly string[]): Option {
  return new Option('--format <format>', 'how to write it; github and gitlab annotate a pull request')
    .choices(formats)
    .default('text');
}

function collectKind(value: string, before?: readonly string[]): string[] {
  if (DocumentKind.safeParse(value).success) return collect(value, before);
  throw new InvalidArgumentError(`Allowed choices are ${DOCUMENT_KINDS.join(', ')}.`);
}
