import type { CallToolResult } from '@modelcontextprotocol/server';
import { isPrecedentError, type PrecedentError } from '../domain/errors.ts';

/** An answer that fits the tool's output schema: as data, and once more as text for clients that read only that. */
function answerWith(data: Record<string, unknown>): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
}

/**
 * Runs a tool. What goes wrong on purpose is told to the model, which can mend its call; what was never meant to go wrong is
 * told to `onFailure`, and the model learns nothing of the inside.
 */
export async function runTool(
  run: () => Promise<Record<string, unknown>>,
  onFailure: (error: unknown) => void,
): Promise<CallToolResult> {
  try {
    return answerWith(await run());
  } catch (error) {
    if (isPrecedentError(error)) return refuse(toText(error));
    onFailure(error);
    return refuse('something failed that should not have: the log of the service says what');
  }
}

function toText(error: PrecedentError): string {
  const mistakes = error.problems.map(({ path, message }) => `\n- ${path}: ${message}`).join('');
  const again = error.isRetryable ? ' The same call may work in a moment.' : '';
  return `${error.code}: ${error.message}${mistakes}${again}`;
}

function refuse(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] };
}
