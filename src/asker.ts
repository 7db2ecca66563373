import { type Answered, type AskObserver, type AskPorts, ask } from './ask/ask.ts';
import type { Knowledge } from './diagnose/retrieve/knowledge.ts';
import type { AskAnswer, AskRequest } from './domain/ask.ts';
import type { ConversationTurn } from './domain/conversation.ts';
import { isPrecedentError, PrecedentError } from './domain/errors.ts';
import type { Redactor } from './domain/redaction.ts';
import type { Clock, ConversationStore } from './ports.ts';

export type { AskObserver };

/** Turns that a question may go on from: who asks longer than that has named the subject again. */
const REMEMBERED = 8;

export interface AskerParts {
  readonly openKnowledge: (signal?: AbortSignal) => Promise<Knowledge>;
  /** What retrieval and a model need, as they are now. */
  readonly openPorts: () => Promise<AskPorts>;
  readonly conversations: Pick<ConversationStore, 'findTurns' | 'saveTurn'>;
  readonly redact: Redactor;
  readonly now: Clock;
  readonly newId: () => string;
  readonly onBackgroundFailure: (what: string, error: unknown) => void;
}

export interface AskOptions {
  /** Whose conversations. */
  readonly namespace: string;
  readonly observer?: AskObserver;
  readonly signal?: AbortSignal;
}

/** Answers questions, and remembers what was asked so that the next one may go on from there. */
export interface Asker {
  /** Throws `not-found` for a conversation that this namespace does not have. */
  ask(request: AskRequest, options: AskOptions): Promise<AskAnswer>;
}

export function createAsker(parts: AskerParts): Asker {
  return {
    async ask({ conversation, question, ...rest }, { namespace, observer, signal }) {
      // Neither a model nor the casebook is told what the redactor blacks out.
      const asked = { ...rest, question: (await parts.redact(question)).text };
      const remembered = await remember(conversation, namespace, parts, signal);
      const [knowledge, ports] = await Promise.all([parts.openKnowledge(signal), parts.openPorts()]);
      const answered = await ask(asked, remembered.turns, knowledge, ports, observer, signal);
      const id = conversation ?? parts.newId();
      // Nobody could say whether this conversation is of this namespace: nothing is added to it.
      const isKept = remembered.isKnown && (await keep({ id, namespace }, asked.question, answered, parts));
      return withConversation(answered, isKept || conversation !== undefined ? id : undefined, [
        ...(remembered.isKnown ? [] : [FORGOTTEN]),
        ...(isKept ? [] : [NOT_KEPT]),
      ]);
    },
  };
}

const FORGOTTEN = 'the conversation could not be read: this question is answered by itself';
const NOT_KEPT = 'the conversation could not be kept: a later question cannot go on from this one';

/** A store that is away costs the memory, never the answer. */
async function remember(
  id: string | undefined,
  namespace: string,
  { conversations, onBackgroundFailure }: AskerParts,
  signal: AbortSignal | undefined,
): Promise<{ readonly turns: readonly ConversationTurn[]; readonly isKnown: boolean }> {
  if (id === undefined) return { turns: [], isKnown: true };
  const found = await conversations.findTurns(id, namespace, REMEMBERED, signal).catch((error: unknown) => {
    if (!isPrecedentError(error, 'casebook-unavailable')) throw error;
    onBackgroundFailure('read conversation', error);
    return 'away' as const;
  });
  if (found === 'away') return { turns: [], isKnown: false };
  if (found) return { turns: found, isKnown: true };
  throw new PrecedentError('not-found', `there is no conversation ${id}: leave it out to begin a new one`);
}

async function keep(
  conversation: { readonly id: string; readonly namespace: string },
  question: string,
  { text, sentences }: Answered,
  { conversations, redact, now, onBackgroundFailure }: AskerParts,
): Promise<boolean> {
  const citations = sentences.flatMap((sentence) =>
    sentence.citations.map(({ document, source }) => ({ document, source })),
  );
  try {
    const answer = (await redact(text)).text;
    await conversations.saveTurn(conversation, { question, answer, citations, at: now().toISOString() });
    return true;
  } catch (error) {
    onBackgroundFailure('save conversation', error);
    return false;
  }
}

function withConversation(answered: Answered, id: string | undefined, notes: readonly string[]): AskAnswer {
  const degraded = [...(answered.provenance.degraded ?? []), ...notes];
  return {
    ...(id === undefined ? {} : { conversation: id }),
    ...answered,
    provenance: { ...answered.provenance, ...(degraded.length === 0 ? {} : { degraded }) },
  };
}
