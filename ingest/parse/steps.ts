import type { Code, ListItem, RootContent } from 'mdast';
import type { Section, Step } from '../../src/domain/document.ts';
import type { MarkdownSection } from './markdown.ts';
import { endLineOf, lineOf, plainText } from './markup.ts';

/** A step while it is being collected: prose, the fences that go with it, and the lines both stand on. */
interface Draft {
  readonly prose: string;
  readonly fences: Code[];
  readonly line: number;
  endLine: number;
  /** Paragraphs beside a list introduce it or comment on it; they are steps only when they bring commands. */
  readonly from: 'item' | 'paragraph' | 'fence';
}

/**
 * What to do, in the order of the section: every item of its lists with the fences in it or right after it, and every
 * paragraph that is followed by a fence. A section without lists gives a step per paragraph.
 */
export function listSteps(markdown: MarkdownSection, section: Section): Step[] {
  const drafts: Draft[] = [];
  for (const node of markdown.nodes) collect(drafts, node);
  const hasList = drafts.some((draft) => draft.from === 'item');
  return drafts
    .filter((draft) => !hasList || draft.from === 'item' || draft.fences.length > 0)
    .map((draft) => toStep(draft, section));
}

function collect(drafts: Draft[], node: RootContent): void {
  const last = drafts.at(-1);
  if (node.type === 'list') drafts.push(...node.children.map(draftItem));
  else if (node.type === 'paragraph') {
    drafts.push({ prose: proseOf(node), fences: [], line: lineOf(node), endLine: endLineOf(node), from: 'paragraph' });
  } else if (node.type === 'code' && last) {
    last.fences.push(node);
    last.endLine = endLineOf(node);
  } else if (node.type === 'code') {
    drafts.push({ prose: '', fences: [node], line: lineOf(node), endLine: endLineOf(node), from: 'fence' });
  }
}

function draftItem(item: ListItem): Draft {
  return {
    prose: proseOf(item),
    fences: fencesOf(item),
    line: lineOf(item),
    endLine: endLineOf(item),
    from: 'item',
  };
}

function toStep(draft: Draft, section: Section): Step {
  const { headingPath, path, sha } = section.source;
  const commands = draft.fences.flatMap(commandsOf);
  return {
    text: draft.prose || commentOf(commands) || headingPath.at(-1) || 'Run',
    commands,
    source: { path, line: draft.line, endLine: draft.endLine, headingPath, sha },
  };
}

/** Items of inner lists follow their item in one sentence, parted by semicolons; tables and images say nothing aloud. */
function proseOf(node: RootContent | ListItem): string {
  if (node.type === 'paragraph') return plainText(node).replace(/\s*\n\s*/g, ' ');
  if (node.type === 'list') return node.children.map(proseOf).filter(Boolean).join('; ');
  if (node.type !== 'listItem' && node.type !== 'blockquote') return '';
  return node.children
    .map((child) => proseOf(child))
    .filter(Boolean)
    .join(' ');
}

function fencesOf(node: RootContent | ListItem): Code[] {
  if (node.type === 'code') return [node];
  return 'children' in node ? node.children.flatMap((child) => fencesOf(child)) : [];
}

const SHELLS = new Set(['sh', 'bash', 'shell', 'zsh', 'fish', 'console', 'shell-session', 'shellsession', 'terminal']);
const OUTPUTS = new Set(['text', 'txt', 'plaintext', 'output', 'log', 'logs']);

/** The lines of a shell fence; a fence in another language is one command, because its lines need each other. */
function commandsOf(fence: Code): string[] {
  const language = fence.lang?.toLowerCase().replace(/[{:,].*$/, '') ?? '';
  if (OUTPUTS.has(language)) return [];
  if (language !== '' && !SHELLS.has(language)) return [fence.value.trim()];
  return joinContinued(withoutPrompts(fence.value.split('\n'))).filter((command) => command.trim() !== '');
}

/** In a session with `$` prompts, what has no prompt is output; `>` continues the command above. */
function withoutPrompts(lines: readonly string[]): readonly string[] {
  const prompted = lines.filter((line) => /^\s*\$ /.test(line));
  return prompted.length === 0 ? lines : prompted.map((line) => line.replace(/^\s*\$ /, ''));
}

/** A line that ends in a backslash, a pipe or an operator is not a command yet. */
function joinContinued(lines: readonly string[]): string[] {
  const commands: string[] = [];
  let isOpen = false;
  for (const line of lines) {
    if (isOpen) commands.push(`${commands.pop() ?? ''}\n${line.trimEnd()}`);
    else commands.push(line.trimEnd());
    isOpen = /(?:\\|\||&&)$/.test(line.trimEnd()) && !line.trimStart().startsWith('#');
  }
  return commands;
}

/** A fence that nothing introduces often begins with a comment that does. */
function commentOf(commands: readonly string[]): string | undefined {
  return /^#+\s*(\S.*)$/.exec(commands[0] ?? '')?.[1];
}
