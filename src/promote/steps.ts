import type { MitigationStep } from '../domain/diagnosis.ts';
import { formatSource } from '../domain/source.ts';
import { codeSpan, escapeLine, longestRun } from './escape.ts';

/** Steps as a numbered list that reads back as the same steps: each with its commands, and where it is quoted from. */
export function writeSteps(steps: readonly MitigationStep[]): string {
  return steps.map((step, at) => writeStep(step, `${at + 1}. `)).join('\n\n');
}

function writeStep({ step, commands, citation, supersededBy }: MitigationStep, number: string): string {
  const newer = supersededBy === undefined ? '' : `, which ${codeSpan(supersededBy)} has replaced`;
  const words = escapeLine(step) || 'Run this.';
  const told = `${number}${words} (quoted from ${codeSpan(formatSource(citation.source))}${newer})`;
  const fences = commands.filter((command) => command.trim() !== '').map(writeFence);
  const indent = ' '.repeat(number.length);
  const below = fences.map((fence) => fence.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`)));
  return [told, ...below.map((lines) => lines.join('\n'))].join('\n\n');
}

/**
 * Each command in a fence of its own, as it is stored: not a character of it is changed, not even to make it safe. What a
 * shell would read as several, or as its prompt, stands in a fence that is no shell's.
 */
function writeFence(command: string): string {
  const mark = '`'.repeat(Math.max(3, longestRun(command) + 1));
  return `${mark}${isOneOfShell(command) ? 'sh' : 'code'}\n${command}\n${mark}`;
}

/** A command of several lines is one as long as each but the last goes on. */
function isOneOfShell(command: string): boolean {
  const lines = command.split('\n');
  const goesOn = (line: string) => /(?:\\|\||&&)$/.test(line) && !line.trimStart().startsWith('#');
  return lines.slice(0, -1).every(goesOn) && !lines.some((line) => /^\s*\$ /.test(line));
}
