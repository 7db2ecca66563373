import { z } from 'zod';

/** Who names the cause: precedents by vote, or a chat model from the same evidence. */
export const EngineName = z.enum(['precedent', 'llm']);
export type EngineName = z.infer<typeof EngineName>;
