/** Slack takes 3,000 characters in a section, counted after escaping. */
const MAX_SECTION = 3_000;

export interface SlackMessage {
  /** What notifications show. */
  readonly text: string;
  readonly blocks: readonly object[];
}

/** Plain text for an incoming webhook: nothing in it mentions anybody, links or formats. */
export function buildSlackMessage(text: string, link: string): SlackMessage {
  const section = { type: 'section', text: { type: 'plain_text', text: [...text].slice(0, MAX_SECTION).join('') } };
  const more = { type: 'context', elements: [{ type: 'mrkdwn', text: `<${link}|All of it>` }] };
  const [first = ''] = text.split('\n');
  return { text: escapeMrkdwn(first), blocks: /^https?:\/\/[^\s|<>]+$/.test(link) ? [section, more] : [section] };
}

/** The three signs by which Slack begins mentions, links and entities. */
export function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
