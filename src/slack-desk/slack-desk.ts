import type { Asker } from '../asker.ts';
import { VERDICT_ACTIONS } from '../deliver/slack/diagnosis.ts';
import { buildNote } from '../deliver/slack/told.ts';
import type { Desk } from '../desk.ts';
import { DEFAULT_NAMESPACE, type Principal } from '../domain/principal.ts';
import type { Redactor } from '../domain/redaction.ts';
import type { AuditLog } from '../gatekeeper/audit-log.ts';
import type { Answers } from '../intake-desk/answers.ts';
import type { Outages } from '../intake-desk/outages.ts';
import type { Post } from '../ports.ts';
import { createSlackAnswers, type SlackReply } from './answers.ts';
import { readCommandText } from './command-text.ts';
import { createErrands, type ErrandLimits, type Outcome } from './errands.ts';
import { createResponsePost, isResponseUrl } from './response-post.ts';
import { BUSY, findReason, LOOKING, tellHelp, tellHowToCorrect } from './words.ts';

/** Who did something in Slack, and where Slack waits for what comes of it. */
export interface SlackCaller {
  readonly team: string;
  readonly user: string;
  readonly responseUrl: string;
}

export interface SlackCommand extends SlackCaller {
  /** `/precedent`, or what the app of this workspace calls it. */
  readonly command: string;
  readonly text: string;
}

export interface SlackPress extends SlackCaller {
  readonly action: string;
  /** What the button is about. */
  readonly value: string;
}

/** Questions and verdicts from Slack: each is taken or turned away at once, and answered where Slack waits. */
export interface SlackDesk extends AsyncDisposable {
  /** What to say at once; not `taken` where it should be asked again. */
  command(command: SlackCommand): { readonly text: string; readonly taken: boolean };
  /** False where there is no room. A button of which nothing is known is taken, and nothing is done. */
  press(press: SlackPress): boolean;
  /** Whether anything may be posted there. */
  isResponseUrl(url: string): boolean;
}

export interface SlackDeskParts {
  readonly asker: Pick<Asker, 'ask'>;
  readonly answers: Pick<Answers, 'getAnswer'>;
  readonly outages: Pick<Outages, 'getOutage'>;
  readonly desk: Pick<Desk, 'giveVerdict'>;
  readonly audit: Pick<AuditLog, 'record'>;
  readonly redact: Redactor;
  readonly post: Post;
  /** Where people reach this service. */
  readonly publicUrl?: string | undefined;
  /** Whose alerts and diagnoses are talked of. */
  readonly namespace?: string;
  readonly slackOrigin?: string;
  readonly pausesMs?: readonly number[];
  readonly limits?: Partial<ErrandLimits>;
  readonly onFailure: (what: string, error: unknown) => void;
}

const SLACK_ORIGIN = 'https://hooks.slack.com';

/** Nobody who is on call waits for a minute; Slack would take an answer for half an hour. */
const LIMITS: ErrandLimits = { most: 16, limitMs: 60_000, graceMs: 3_000 };

export function createSlackDesk(parts: SlackDeskParts): SlackDesk {
  const { slackOrigin = SLACK_ORIGIN, namespace = DEFAULT_NAMESPACE, onFailure } = parts;
  const errands = createErrands({ ...LIMITS, ...parts.limits });
  const post = createResponsePost({ ...parts, slackOrigin });
  const answers = createSlackAnswers(parts);

  const viewerOf = ({ team, user }: SlackCaller): Principal => ({
    name: `slack:${team}/${user}`,
    namespace,
    scopes: ['read', 'verdict'],
  });

  function start(caller: SlackCaller, work: (viewer: Principal, signal: AbortSignal) => Promise<SlackReply>): boolean {
    const tell = async (outcome: Outcome<SlackReply>) => {
      const reply = 'result' in outcome ? outcome.result : tellFailure(outcome.error, onFailure);
      await post(caller.responseUrl, reply, errands.stopping).catch((error) => onFailure('post to slack', error));
    };
    return errands.start((signal) => work(viewerOf(caller), signal), tell);
  }

  return {
    isResponseUrl: (url) => isResponseUrl(url, slackOrigin),

    command(command) {
      const intent = readCommandText(command.text);
      if (intent.kind === 'help') return { text: tellHelp(nameOf(command.command)), taken: true };
      if (intent.kind === 'mistake') return { text: `That was not understood: ${intent.advice}.`, taken: true };
      const taken = start(command, (viewer, signal) => answers.answer(intent, command.user, viewer, signal));
      return { text: taken ? LOOKING : BUSY, taken };
    },

    press(press) {
      const verdict = VERDICT_OF.get(press.action);
      if (verdict !== undefined) return start(press, (viewer) => answers.judge(press, verdict, viewer));
      if (press.action !== VERDICT_ACTIONS.other) return true;
      return start(press, async () => privately({ text: tellHowToCorrect('/precedent', idOf(press.value)) }));
    },

    [Symbol.asyncDispose]: () => errands[Symbol.asyncDispose](),
  };
}

const VERDICT_OF: ReadonlyMap<string, 'confirmed' | 'rejected'> = new Map([
  [VERDICT_ACTIONS.confirmed, 'confirmed'],
  [VERDICT_ACTIONS.rejected, 'rejected'],
]);

/** What is repeated goes into Slack's formatting. */
function nameOf(command: string): string {
  return /^\/[\w-]{1,40}$/.test(command) ? command : '/precedent';
}

function idOf(value: string): string {
  return /^[\w.:-]{1,200}$/.test(value) ? value : 'ID';
}

/** Beside the message that it is about, and for whoever asked alone. */
function privately(said: object): SlackReply {
  return { response_type: 'ephemeral', replace_original: false, ...said };
}

function tellFailure(error: unknown, onFailure: SlackDeskParts['onFailure']): SlackReply {
  const reason = findReason(error);
  if (reason === undefined) onFailure('answer in slack', error);
  return privately(buildNote('That did not work', reason ?? 'Something unexpected went wrong: the log says what.'));
}
