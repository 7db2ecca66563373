import { type Command, InvalidArgumentError } from 'commander';

/** Every command whose answer a machine may read. */
export function withJson(command: Command): Command {
  return command.option('--json', 'answer as JSON, for machines');
}

/** The values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function positive(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('must be a whole number from 1 up');
  return number;
}
