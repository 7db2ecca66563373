import { isPrecedentError, messageOf } from '../domain/errors.ts';
import type { DiagnosisVerdicts, Verdict } from '../domain/feedback.ts';

/** What Precedent says in Slack besides answers, in Slack's own formatting. */
export const LOOKING = 'Looking …';
export const BUSY = 'Too many questions are being answered just now: ask again in a moment.';

export function tellHelp(command: string): string {
  return [
    `*${command}* answers from your runbooks, incidents and services, and says where it is written.`,
    `• \`${command} what did we do last time the queue of orders backed up?\` asks`,
    `• \`${command} diagnosis ID\` shows a diagnosis, \`${command} outage ID\` an outage`,
    `• \`${command} correct ID service=NAME category=NAME\` says what it really was`,
    `• \`share\` before any of them shows the answer to the whole channel: \`${command} share who owns checkout?\``,
  ].join('\n');
}

export function tellHowToCorrect(command: string, id: string): string {
  return `What was it? Say \`${command} correct ${id} service=NAME category=NAME\`: the service, the category or both.`;
}

const VERDICTS: Readonly<Record<Verdict, string>> = {
  confirmed: 'right',
  rejected: 'wrong',
  corrected: 'something else',
};

/** Who just said what, and what all have said. */
export function tellVerdict(user: string, verdict: Verdict, { tally }: DiagnosisVerdicts): string {
  const counts = [
    `${tally.confirmed} right`,
    `${tally.rejected} wrong`,
    ...(tally.corrected > 0 ? [`${tally.corrected} something else`] : []),
  ];
  return `${tellUser(user)} says: *${VERDICTS[verdict]}*. So far ${counts.join(', ')}.`;
}

/** As Slack shows a member by name; anything else that came as an id is not repeated. */
function tellUser(user: string): string {
  return /^[UW][A-Z0-9]{1,30}$/.test(user) ? `<@${user}>` : 'Somebody';
}

/** Undefined for what was not thrown on purpose: that tells nobody outside of the inside. */
export function findReason(error: unknown): string | undefined {
  return isPrecedentError(error) ? messageOf(error) : undefined;
}
