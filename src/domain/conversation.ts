import { z } from 'zod';
import { Citation } from './diagnosis.ts';

/** A question that was asked, and what was answered: so that the next one may say "and before that?". */
export const ConversationTurn = z.object({
  question: z.string(),
  answer: z.string(),
  citations: z.array(Citation),
  at: z.iso.datetime(),
});
export type ConversationTurn = Readonly<z.infer<typeof ConversationTurn>>;
