import type { Rule } from './rule.ts';

export const unclosedFence: Rule = {
  id: 'unclosed-fence',
  severity: 'error',
  reason: 'Everything below a fence that nobody closes becomes code: its headings, its steps, its links.',
  find: ({ files }) =>
    files.flatMap(({ path, markdown }) =>
      (markdown?.fences ?? [])
        .filter(({ isClosed }) => !isClosed)
        // Below the first of them the fences that were meant to close open, and the other way round.
        .slice(0, 1)
        .map(({ line }) => ({
          path,
          line,
          message:
            'the code fence that opens here is not closed: end it with a line of the same marks, indented as deep as this one',
        })),
    ),
};

export const secretInText: Rule = {
  id: 'secret-in-text',
  severity: 'error',
  reason: 'It is blacked out before it is stored here, but it stays in the history of the repository.',
  find: ({ files }) =>
    files.flatMap(({ path, secrets }) =>
      secrets.map(({ line, kind }) => ({
        path,
        line,
        message: `this line holds a secret (${kind}): revoke it, and name the place where it is kept instead`,
      })),
    ),
};
