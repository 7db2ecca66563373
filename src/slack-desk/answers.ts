import type { Asker } from '../asker.ts';
import { buildAskMessage } from '../deliver/slack/ask-answer.ts';
import type { SlackMessage } from '../deliver/slack/blocks.ts';
import { buildDiagnosisMessage } from '../deliver/slack/diagnosis.ts';
import { buildOutageMessage } from '../deliver/slack/outage.ts';
import { buildNote } from '../deliver/slack/told.ts';
import type { Desk } from '../desk.ts';
import { AskRequest } from '../domain/ask.ts';
import { buildDiagnosisAnswer } from '../domain/diagnosis-answer.ts';
import type { DiagnosisVerdicts, VerdictRequest } from '../domain/feedback.ts';
import { parseInput } from '../domain/parse-input.ts';
import type { Principal } from '../domain/principal.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { AuditLog } from '../gatekeeper/audit-log.ts';
import type { Answers } from '../intake-desk/answers.ts';
import type { Outages } from '../intake-desk/outages.ts';
import type { Intent } from './command-text.ts';
import { tellVerdict } from './words.ts';

/** What is posted to where Slack waits. */
export type SlackReply = Partial<SlackMessage> & {
  readonly response_type?: 'ephemeral' | 'in_channel';
  /** Whether it takes the place of the message with the button. */
  readonly replace_original: boolean;
};

export interface SlackAnswerParts {
  readonly asker: Pick<Asker, 'ask'>;
  readonly answers: Pick<Answers, 'getAnswer'>;
  readonly outages: Pick<Outages, 'getOutage'>;
  readonly desk: Pick<Desk, 'giveVerdict'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly redact: Redactor;
  readonly publicUrl?: string | undefined;
}

/** What takes work. */
export type Wanted = Exclude<Intent, { kind: 'help' | 'mistake' }>;

/** What people in Slack ask for, as messages. What goes wrong is thrown. */
export interface SlackAnswers {
  answer(wanted: Wanted, user: string, viewer: Principal, signal: AbortSignal): Promise<SlackReply>;
  judge(
    about: { readonly user: string; readonly value: string },
    verdict: 'confirmed' | 'rejected',
    viewer: Principal,
  ): Promise<SlackReply>;
}

export function createSlackAnswers(parts: SlackAnswerParts): SlackAnswers {
  const { asker, answers, outages, desk, audit, redact } = parts;

  async function ask(words: string, { namespace }: Principal, signal: AbortSignal): Promise<SlackMessage> {
    // Shared, it is read by a whole channel.
    const question = (await redact(words)).text;
    return buildAskMessage(question, await asker.ask(parseInput(AskRequest, { question }), { namespace, signal }));
  }

  async function show(id: string, viewer: Principal, said?: string): Promise<SlackMessage> {
    const { record, ...found } = await answers.getAnswer(id, viewer);
    if (record.status === 'pending')
      return buildNote('Not done yet', `The diagnosis ${id} is at work: ask again soon.`);
    if (record.status === 'failed') {
      return buildNote('No diagnosis', `No diagnosis could be made (${record.code}): ${record.detail}`);
    }
    return buildDiagnosisMessage(buildDiagnosisAnswer(record.diagnosis, found), {
      ...linkTo('diagnoses', id, parts.publicUrl),
      ...(said === undefined ? {} : { said }),
      canJudge: true,
    });
  }

  /** Saying the same again changes nothing. */
  async function give(id: string, said: Omit<VerdictRequest, 'by'>, viewer: Principal): Promise<DiagnosisVerdicts> {
    const verdicts = await desk.giveVerdict(id, { ...said, by: viewer.name }, viewer);
    await audit.record(viewer, 'verdict.give', verdicts.diagnosisId);
    return verdicts;
  }

  async function build(wanted: Wanted, user: string, viewer: Principal, signal: AbortSignal): Promise<SlackMessage> {
    switch (wanted.kind) {
      case 'question':
        return ask(wanted.question, viewer, signal);
      case 'diagnosis':
        return show(wanted.id, viewer);
      case 'outage':
        return buildOutageMessage(
          await outages.getOutage(wanted.id, viewer, signal),
          linkTo('outages', wanted.id, parts.publicUrl),
        );
      case 'correct': {
        const said = await give(wanted.id, { verdict: 'corrected', trueCause: wanted.trueCause }, viewer);
        return show(wanted.id, viewer, tellVerdict(user, 'corrected', said));
      }
    }
  }

  return {
    async answer(wanted, user, viewer, signal) {
      const said = await build(wanted, user, viewer, signal);
      return { response_type: wanted.isShared ? 'in_channel' : 'ephemeral', replace_original: false, ...said };
    },

    async judge({ user, value }, verdict, viewer) {
      const verdicts = await give(value, { verdict }, viewer);
      return { replace_original: true, ...(await show(value, viewer, tellVerdict(user, verdict, verdicts))) };
    },
  };
}

function linkTo(what: 'diagnoses' | 'outages', id: string, publicUrl: string | undefined): { readonly link?: string } {
  if (publicUrl === undefined) return {};
  return { link: `${publicUrl.replace(/\/$/, '')}/v1/${what}/${encodeURIComponent(id)}` };
}
