import type { Command } from 'commander';
import { Scope } from '../domain/principal.ts';
import type { AuditLog } from '../gatekeeper/audit-log.ts';
import type { TokenDesk } from '../gatekeeper/token-desk.ts';
import { auditCommand } from './audit.ts';
import type { CommandContext } from './context.ts';
import { collect, positive, withJson } from './options.ts';
import { createToken, listTokens, revokeToken, rotateToken } from './token.ts';

type Exit = (code: number) => void;

/** What these commands need of an opened program. */
export interface AccessParts {
  readonly tokens: TokenDesk;
  readonly audit: AuditLog;
  readonly now: () => Date;
}

/** Opens the program for one command and closes it again. */
export type WithAccess = <T>(context: CommandContext, run: (parts: AccessParts) => Promise<T>) => Promise<T>;

/** `precedent token …` and `precedent audit`: who may come in, and who changed what. */
export function addAccessCommands(program: Command, context: CommandContext, exit: Exit, withAccess: WithAccess): void {
  addTokenCommands(
    program.command('token').description('make, list, end and replace bearer tokens'),
    context,
    exit,
    withAccess,
  );
  withJson(program.command('audit'))
    .description('show who changed what: verdicts, tokens, deliveries')
    .option('-n, --limit <number>', 'entries', positive, 50)
    .option('--before <number>', 'only entries before this number', positive)
    .action(async (options) => exit(await withAccess(context, ({ audit }) => auditCommand(audit, options, context))));
}

function addTokenCommands(token: Command, context: CommandContext, exit: Exit, withAccess: WithAccess): void {
  withJson(token.command('create'))
    .description('make a token and print it, this once')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption('--scope <scope>', `what it may do (${Scope.options.join(', ')}); may be repeated`, collect)
    .option('--namespace <name>', "team whose alerts and diagnoses it sees; * is everybody's", 'default')
    .option('--expires <time>', 'for how long it holds, such as 90d (default: until it is revoked)')
    .action(async (options) => exit(await withAccess(context, ({ tokens }) => createToken(tokens, options, context))));
  withJson(token.command('list'))
    .description('list the tokens that were made, without the tokens themselves')
    .action(async (options) =>
      exit(await withAccess(context, ({ tokens, now }) => listTokens(tokens, options, context, now()))),
    );
  withJson(token.command('revoke'))
    .description('end a token')
    .argument('<token-id>', 'as the list has it')
    .action(async (id, options) =>
      exit(await withAccess(context, ({ tokens }) => revokeToken(tokens, id, options, context))),
    );
  withJson(token.command('rotate'))
    .description('put a new token in the place of one that holds, and print it, this once')
    .argument('<token-id>', 'as the list has it')
    .option('--grace <time>', 'for how long the old one still holds, such as 1h; 0s ends it (default: 24h)')
    .action(async (id, options) =>
      exit(await withAccess(context, ({ tokens }) => rotateToken(tokens, id, options, context))),
    );
}
