import { z } from 'zod';
import { parseSentence } from './parse-sentence.ts';
import { WrittenRule } from './read-rules.ts';

/** What a model may say of a rule. What is not asked for is dropped, `enabled` before all; our own reader reads the sentence. */
export const ProposedRule = z.object({
  name: WrittenRule.shape.name,
  say: z.string().superRefine((say, context) => {
    const parsed = parseSentence(say);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.mistake.message });
  }),
  reason: WrittenRule.shape.reason,
});
export type ProposedRule = Readonly<z.infer<typeof ProposedRule>>;
