import type { Command } from 'commander';
import { DocumentKind } from '../domain/document.ts';
import { askCommand } from './ask.ts';
import type { CommandContext } from './context.ts';
import { deliveriesCommand } from './deliveries.ts';
import { mcpCommand } from './mcp.ts';
import { collect, positive, withJson } from './options.ts';
import { outageCommand } from './outage.ts';
import { withApp } from './session.ts';

/** Commands about what came in as alerts, what was told of it, and questions in words. */
export function addAlertCommands(program: Command, context: CommandContext, exit: (code: number) => void): void {
  withJson(program.command('ask'))
    .description('ask in words what was done last time, and have it answered with where it stands')
    .argument('<words...>', 'the question')
    .option('-k, --k <number>', 'documents to answer from, at most 20', positive)
    .option('--kind <kind>', `only this kind (${DocumentKind.options.join(', ')}); may be repeated`, collect)
    .option('--service <name>', 'only documents about this service; may be repeated', collect)
    .option('--as-of <time>', 'answer with what was known then (ISO 8601)')
    .option('--conversation <id>', 'go on from an earlier question, as its answer names it')
    .action(async (words, options) => exit(await askCommand(words, options, context)));
  withJson(program.command('outage'))
    .description('show one outage with what is in it, or list the newest')
    .argument('[id]', 'as a diagnosis or the list names it')
    .option('-n, --limit <number>', 'in the list', positive, 20)
    .action(async (id, options) =>
      exit(await withApp(context, ({ alerts }) => outageCommand(alerts.outages, id, options, context))),
    );
  withJson(program.command('deliveries'))
    .description('list what was sent, what waits and what is given up')
    .option('--dead', 'only those that nobody tries any more')
    .option('--retry <id>', 'try a dead one again')
    .option('-n, --limit <number>', 'the newest so many', positive, 50)
    .action(async (options) =>
      exit(await withApp(context, ({ alerts }) => deliveriesCommand(alerts.courier, options, context))),
    );
  program
    .command('mcp')
    .description('serve the tools for models (Model Context Protocol) over standard input and output')
    .action(async () => exit(await mcpCommand(context)));
}
