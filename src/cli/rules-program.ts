import { type Command, InvalidArgumentError, Option } from 'commander';
import { DRY_RUN_DAYS } from '../noise-desk/noise-desk.ts';
import { FINDING_FORMATS } from '../review/annotations.ts';
import type { CommandContext } from './context.ts';
import { withJson } from './options.ts';
import { checkRulesCommand, listRulesCommand, tryRuleCommand, type WithNoise } from './rules.ts';
import { disableRuleCommand, draftRuleCommand, enableRuleCommand } from './rules-change.ts';

const AFTER_HELP = `
A rule is one sentence: when the alert is CpuThrottled and the namespace is one of staging, dev then filter it out
docs/noise.md has the grammar. Rules lie in noise/*.yaml beside the runbooks.`;

/** `precedent rules` and what can be done with them. */
export function addRulesCommands(
  program: Command,
  context: CommandContext,
  exit: (code: number) => void,
  withNoise: WithNoise,
): void {
  const rules = program
    .command('rules')
    .description('list the noise rules and what they hid')
    .addHelpText('after', AFTER_HELP);
  withJson(rules.command('list', { isDefault: true }))
    .description('list the noise rules and what they hid')
    .action(async (options) => exit(await listRulesCommand(options, context, withNoise)));
  withJson(rules.command('check'))
    .description('find the mistakes in the rule files on this machine')
    .addOption(
      new Option('--format <format>', 'how to write it; github and gitlab annotate a pull request')
        .choices(FINDING_FORMATS)
        .default('text'),
    )
    .action(async (options) => exit(await checkRulesCommand(options, context)));
  withDays(withJson(rules.command('try')))
    .description('show what a rule would have hidden, and whether any of it became an incident')
    .argument('<sentence>', 'the rule, in quotes')
    .action(async (say, options) => exit(await tryRuleCommand(say, options, context, withNoise)));
  withDays(withJson(rules.command('enable')))
    .description('try a rule, and switch it on in its file when it would have hidden no incident')
    .argument('<name>', 'the rule')
    .option('--by <name>', 'who has read it, where a model drafted it')
    .option('--force', 'also when it would have hidden an incident, or there is nothing to judge it by')
    .action(async (name, options) => exit(await enableRuleCommand(name, options, context, withNoise)));
  withJson(rules.command('disable'))
    .description('switch a rule off in its file')
    .argument('<name>', 'the rule')
    .action(async (name, options) => exit(await disableRuleCommand(name, options, context, withNoise)));
  withDays(withJson(rules.command('draft')))
    .description('have a model write a rule, switched off, for somebody to read')
    .argument('<words>', 'what nobody need be told of, in quotes')
    .option('--name <name>', 'name of the rule (default: as the model calls it)')
    .option('--source <name>', 'source that it belongs to, where several are configured')
    .action(async (words, options) => exit(await draftRuleCommand(words, options, context, withNoise)));
}

function withDays(command: Command): Command {
  const { usual, most } = DRY_RUN_DAYS;
  return command.option('--days <number>', `how far back to look, 1 to ${most} (default: ${usual})`, (value) => {
    const days = Number(value);
    if (Number.isInteger(days) && days >= 1 && days <= most) return days;
    throw new InvalidArgumentError(`must be a whole number from 1 to ${most}`);
  });
}
