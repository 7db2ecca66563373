import type { SchemaNotes } from './schema-notes.ts';

/** What Slack is answered, in words. */
export const SLACK_NOTES: Readonly<Record<string, SchemaNotes>> = {
  SlackReply: {
    self: 'What Slack shows at once to whoever typed the command. The answer is posted to its `response_url` afterwards.',
    response_type: 'Only whoever typed the command sees it.',
    text: "Words in Slack's formatting.",
  },
};
