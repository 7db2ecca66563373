import type { Told } from '../callback.ts';
import { header, message, type SlackMessage, sections } from './blocks.ts';
import { buildDiagnosisMessage, type SlackView } from './diagnosis.ts';
import { findLink, quoteLine } from './mrkdwn.ts';
import { buildOutageMessage } from './outage.ts';

const MAX_NOTE = 500;

/** What a channel is told; `note` is the same in one line, for what has no form of its own. */
export function buildSlackCallback(told: Told, note: string, view: SlackView): SlackMessage {
  switch (told.kind) {
    case 'answer':
      return buildDiagnosisMessage(told.answer, view);
    case 'outage':
      return buildOutageMessage(told.outage, view);
    case 'failure':
      return buildNote('No diagnosis', note, view);
    case 'occurrence':
      return buildNote('Resolved', note, view);
  }
}

/** A headline and a line of anybody's words. */
export function buildNote(headline: string, note: string, { link }: SlackView = {}): SlackMessage {
  const all = findLink(link, 'All of it');
  const line = quoteLine(note, MAX_NOTE);
  return message(line, [header(headline), ...sections([line, ...(all ? [all] : [])])]);
}
