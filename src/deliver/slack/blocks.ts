import { cutText } from './mrkdwn.ts';

/** What Slack takes of one message; more of anything and it refuses the whole. `all` is what the texts of all blocks may hold. */
export const SLACK_LIMITS = {
  blocks: 50,
  header: 150,
  section: 3_000,
  context: 10,
  button: 75,
  value: 2_000,
  text: 40_000,
  all: 12_000,
};

interface PlainText {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: false;
}

/** `verbatim`: without it Slack makes links of whatever looks like an address, a channel or a name. */
interface Mrkdwn {
  readonly type: 'mrkdwn';
  readonly text: string;
  readonly verbatim: true;
}

export interface SlackButton {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: PlainText;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
}

export type SlackBlock =
  | { readonly type: 'header'; readonly text: PlainText }
  | { readonly type: 'section'; readonly text: Mrkdwn }
  | { readonly type: 'context'; readonly elements: readonly Mrkdwn[] }
  | { readonly type: 'actions'; readonly elements: readonly SlackButton[] };

export interface SlackMessage {
  /** What notifications show, and clients without blocks. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Anybody's words may be in it: it formats nothing. */
export function header(text: string): SlackBlock {
  return { type: 'header', text: plain(cutText(text, SLACK_LIMITS.header)) };
}

/** As many sections as the lines need, none of them cut; a line that fits no section is left out. */
export function sections(lines: readonly string[]): SlackBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    if (line.trim() === '' || line.length > SLACK_LIMITS.section) continue;
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SLACK_LIMITS.section)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: mrkdwn(text) }));
}

export function context(lines: readonly string[]): SlackBlock[] {
  const elements = lines.filter((line) => line !== '' && line.length <= SLACK_LIMITS.section).map(mrkdwn);
  return elements.length === 0 ? [] : [{ type: 'context', elements: elements.slice(0, SLACK_LIMITS.context) }];
}

export function button(action_id: string, label: string, value: string, style?: SlackButton['style']): SlackButton {
  const text = plain(cutText(label, SLACK_LIMITS.button));
  return { type: 'button', action_id, text, value, ...(style === undefined ? {} : { style }) };
}

/** `last` is kept whatever there is before it; what does not fit is said to be missing. */
export function message(text: string, blocks: readonly SlackBlock[], last: readonly SlackBlock[] = []): SlackMessage {
  const kept = keepFitting(blocks, last);
  const note = kept.length < blocks.length ? context(['_More than Slack takes: the rest is left out here._']) : [];
  return { text: cutText(text, SLACK_LIMITS.text), blocks: [...kept, ...note, ...last] };
}

/** The first ones, with room for the note that they are not all. */
function keepFitting(blocks: readonly SlackBlock[], last: readonly SlackBlock[]): SlackBlock[] {
  const kept: SlackBlock[] = [];
  let size = last.reduce((sum, block) => sum + sizeOf(block), 100);
  for (const block of blocks) {
    size += sizeOf(block);
    if (size > SLACK_LIMITS.all || kept.length + last.length + 1 >= SLACK_LIMITS.blocks) break;
    kept.push(block);
  }
  return kept;
}

function sizeOf(block: SlackBlock): number {
  if (block.type === 'actions') return block.elements.reduce((sum, { text }) => sum + text.text.length, 0);
  if (block.type === 'context') return block.elements.reduce((sum, { text }) => sum + text.length, 0);
  return block.text.text.length;
}

function plain(text: string): PlainText {
  return { type: 'plain_text', text, emoji: false };
}

function mrkdwn(text: string): Mrkdwn {
  return { type: 'mrkdwn', text, verbatim: true };
}
