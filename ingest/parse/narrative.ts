import type { List, RootContent } from 'mdast';
import type { SectionRole } from '../../src/domain/document.ts';
import { type MarkdownSection, sectionOf } from './markdown.ts';
import { hasWords, plainText } from './markup.ts';
import { isMetadataParagraph } from './metadata.ts';

/** A section and what it is for, before it is stored. */
export interface RoledSection {
  readonly role: SectionRole;
  readonly markdown: MarkdownSection;
}

/**
 * A postmortem told without headings for its parts: its paragraphs say themselves when they come to the cause or to
 * what was done, and what opens it sums it up. Others are left as their headings say, but for five whys.
 */
export function splitNarrative(sections: readonly RoledSection[], lines: readonly string[]): RoledSection[] {
  const isNarrative = sections.every(({ role }) => role === 'other' || role === 'summary');
  const opening = sections.find(({ markdown }) => markdown.nodes.some(isProse))?.markdown;
  return sections.flatMap((section) => {
    if (section.role !== 'other' && section.role !== 'summary') return [section];
    const { nodes, headingPath } = section.markdown;
    const whys = whyParagraphs(nodes);
    const told = isNarrative ? narrate(nodes, section.markdown === opening) : nodes.map(() => section.role);
    const roles = nodes.map((node, at) => (whys.has(node) ? 'root-cause' : (whysOf(node) ?? told[at] ?? 'other')));
    return runsOf(nodes, roles).map(({ role, run }) => ({ role, markdown: sectionOf(headingPath, run, lines) }));
  });
}

/** Lists, code and pictures belong to the paragraph that they follow. */
function narrate(nodes: readonly RootContent[], isOpening: boolean): SectionRole[] {
  let role: SectionRole = 'other';
  let isFirst = isOpening;
  return nodes.map((node) => {
    if (isProse(node)) {
      role = cueOf(node) ?? (isFirst ? 'summary' : 'other');
      isFirst = false;
    }
    return role;
  });
}

function isProse(node: RootContent): boolean {
  return node.type === 'paragraph' && hasWords(node) && !isMetadataParagraph(node);
}

const CUES: readonly (readonly [SectionRole, RegExp])[] = [
  ['root-cause', /^(?:the |our )?(?:underlying |actual |root )+causes? (?:was|were|is|turned out|of)\b/i],
  ['root-cause', /^(?:this|the (?:outage|incident|problem|issue)) (?:happened|occurred|was caused) (?:because|by)\b/i],
  ['mitigation', /^(?:we|the team|engineers) (?:resolved|fixed|mitigated|restored|rolled back|reverted)\b/i],
  ['mitigation', /^(?:to (?:stop the bleeding|resolve|fix|mitigate|restore)|for a permanent fix)\b/i],
  ['mitigation', /^(?:the (?:fix|mitigation|resolution) (?:was|is)|service was restored by)\b/i],
];

function cueOf(node: RootContent): SectionRole | undefined {
  const text = plainText(node);
  return CUES.find(([, cue]) => cue.test(text))?.[0];
}

const MIN_WHYS = 3;

/** "Why did it fail? Because …", three times or more, is an analysis of the cause under any heading. */
function whysOf(node: RootContent): SectionRole | undefined {
  return node.type === 'list' && countWhys(node) >= MIN_WHYS ? 'root-cause' : undefined;
}

/** Each answer may be asked about in a list of its own. */
function countWhys(list: List): number {
  return list.children
    .flatMap((item) => item.children)
    .reduce((count, node) => count + (node.type === 'list' ? countWhys(node) : asksWhy(node) ? 1 : 0), 0);
}

function asksWhy(node: RootContent): boolean {
  return node.type === 'paragraph' && /^(?:\d+\W{1,3})?why\b[^?]*\?/i.test(plainText(node));
}

/** The same as paragraphs: from the first question on. */
function whyParagraphs(nodes: readonly RootContent[]): ReadonlySet<RootContent> {
  const asked = nodes.filter(asksWhy).length >= MIN_WHYS;
  return new Set(asked ? nodes.slice(nodes.findIndex(asksWhy)) : []);
}

function runsOf(nodes: readonly RootContent[], roles: readonly SectionRole[]) {
  const runs: { role: SectionRole; run: RootContent[] }[] = [];
  for (const [at, node] of nodes.entries()) {
    const role = roles[at] ?? 'other';
    const last = runs.at(-1);
    if (last?.role === role) last.run.push(node);
    else runs.push({ role, run: [node] });
  }
  return runs;
}
