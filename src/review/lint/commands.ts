import { toMitigationStep } from '../../diagnose/predict/mitigation.ts';
import type { Runbook } from '../../domain/document.ts';
import { listRunbooks, type Placed } from '../knowledge.ts';
import type { ScannedFence } from '../markdown-scan.ts';
import type { Mistake, Rule } from './rule.ts';

export const destructiveWithoutRollback: Rule = {
  id: 'destructive-without-rollback',
  severity: 'warning',
  reason: 'Who runs a command that destroys something must know before how to come back, or that there is no way back.',
  find: (knowledge) =>
    listRunbooks(knowledge)
      .filter(({ document }) => !tellsOfReturn(document))
      .flatMap(findDestructive),
};

/** A section for it, or a word on it anywhere in the runbook: how to undo, or that it cannot be undone. */
function tellsOfReturn({ sections }: Runbook): boolean {
  return sections.some(({ role, text }) => role === 'rollback' || WAY_BACK.test(text));
}

const WAY_BACK =
  /\b(?:roll(?:ed|ing)? ?back|undo(?:ne|ing)?|back ?out|revert(?:ed|ing)?|irreversibl[ey]|no way back|restor(?:e|es|ed|ing) (?:from|the|it|a)|re-?creat(?:e|es|ed)|recreated)\b/i;

const SCRIPTS = new Set(['', 'sh', 'bash', 'shell', 'zsh', 'console', 'shell-session', 'terminal', 'sql', 'cql']);

function findDestructive({ file, document }: Placed<Runbook>): Mistake[] {
  const { line, endLine } = document.source;
  return (file.markdown?.fences ?? [])
    .filter((fence) => fence.line >= line && fence.line <= endLine && SCRIPTS.has(fence.language))
    .flatMap((fence) => {
      const found = findCommand(fence, document);
      if (found === undefined) return [];
      const message = `\`${shorten(found.command)}\` destroys something, and the runbook does not tell the way back: add \`### Rollback\`, or say that it cannot be undone`;
      return [{ path: file.path, line: found.line, message }];
    });
}

interface FoundCommand {
  readonly command: string;
  readonly line: number;
}

/** The first line that destroys by itself; commands of several lines are judged whole when none does. */
function findCommand(fence: ScannedFence, document: Runbook): FoundCommand | undefined {
  const lines = fence.text.split('\n').map((line) => (isHarmless(line) ? '' : line));
  if (!isDestructive(lines.join('\n'), document)) return undefined;
  const at = Math.max(
    0,
    lines.findIndex((line) => isDestructive(line, document)),
  );
  return { command: lines[at] ?? '', line: fence.line + 1 + at };
}

/** Columns are what a command printed, and a pod that is deleted comes back by itself. */
function isHarmless(line: string): boolean {
  if (/\S {3,}\S/.test(line)) return true;
  const words = line.trim().split(/[\s/]+/);
  const at = words.indexOf('delete');
  return (
    words.slice(0, Math.max(0, at)).some((word) => /^(?:kubectl|oc)$/.test(word)) &&
    words.slice(at).some((word) => /^(?:po|pods?)$/.test(word)) &&
    !words.some((word) => /^(?:pvc|persistentvolume\w*|--force|--all)$/.test(word))
  );
}

function isDestructive(command: string, document: Runbook): boolean {
  return toMitigationStep({ text: '', commands: [command], source: document.source }, document.id).destructive;
}

function shorten(command: string): string {
  const words = command.trim().replace(/^\$ /, '').replaceAll('`', "'");
  return words.length > 60 ? `${words.slice(0, 57)}…` : words;
}
