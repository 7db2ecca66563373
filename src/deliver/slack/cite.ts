import type { MitigationStep } from '../../domain/diagnosis.ts';
import { formatSource, type SourceRef } from '../../domain/source.ts';
import { toLine } from '../plain-text.ts';
import { findCode, findCodeBlock, quoteLine } from './mrkdwn.ts';

/** Together they fit a section even where every sign of them is escaped. */
const MAX_PLACE = 200;
const MAX_WORDS = 300;
const MAX_NAME = 60;

/** As Slack counts it; longer ones are scripts, which are read where they stand. */
const MAX_COMMAND = 2_000;

/** `path:line`, whole or not at all: half a path leads nowhere. */
export function placeOf(source: Pick<SourceRef, 'path' | 'line'>): string {
  return findCode(formatSource(source), MAX_PLACE) ?? '';
}

/** Of a step, or of a sentence that may tell something to do. */
export type Doing = {
  readonly [Mark in 'risk' | 'destructive' | 'reversible' | 'needsApproval']?: MitigationStep[Mark] | undefined;
};

/** What whoever does it should know before. */
export function marksOf({ risk, destructive, reversible, needsApproval }: Doing): string {
  const marks = [
    ...(risk === undefined ? [] : [`${risk} risk`]),
    ...(destructive ? ['destructive'] : []),
    ...(reversible === false ? ['cannot be undone'] : []),
    ...(needsApproval ? ['*needs approval*'] : []),
  ];
  return marks.length === 0 ? '' : `_${marks.join(', ')}_`;
}

/** A step as its own lines: words, marks and place, then its commands, each whole or named as missing. */
export function tellStep(step: MitigationStep, at: number): string[] {
  const { citation, commands, supersededBy } = step;
  const words = quoteLine(step.step, MAX_WORDS);
  const replaced = supersededBy === undefined ? '' : ` (replaced by ${quoteLine(supersededBy, MAX_NAME)})`;
  return [
    [`*${at + 1}.*`, words, marksOf(step), `${placeOf(citation.source)}${replaced}`].filter(Boolean).join(' '),
    ...tellCommands(commands),
  ];
}

export function tellCommands(commands: readonly string[]): string[] {
  return commands.map((command) => findCodeBlock(command.trim(), MAX_COMMAND) ?? missing(command));
}

function missing(command: string): string {
  const [word = ''] = toLine(command).split(' ');
  return `_A command is not shown here (${quoteLine(word, MAX_NAME)} …): it stands in the cited lines._`;
}
