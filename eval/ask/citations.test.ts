import { expect, it } from 'vitest';
import { findStrangeCitations } from './citations.ts';

const TEXT =
  '# Queue\n\n## Resolution\n\n1. Looked at\n   *both* `consumers`.\n\n   ```sh\n   kubectl get pods\n   ```\n';

function check(quote: string, line: number, endLine: number, path = 'incidents/queue.md') {
  const source = { path, line, endLine, headingPath: [], sha: '0' };
  return findStrangeCitations([{ document: 'incident:queue', source, quote }], (file) =>
    file === 'incidents/queue.md' ? TEXT : undefined,
  );
}

it('finds words in their lines, whatever marks and line breaks are between them', () => {
  expect(check('Looked at both consumers.', 5, 6)).toEqual([]);
  expect(check('kubectl get pods', 5, 10)).toEqual([]);
});

it('names words that stand elsewhere, or nowhere', () => {
  expect(check('Looked at both consumers.', 1, 4)).toHaveLength(1);
  expect(check('Looked at the broker.', 5, 6)).toEqual(['incidents/queue.md:5–6 does not say: Looked at the broker.']);
  expect(check('kubectl get pods', 5, 10, 'incidents/gone.md')).toEqual(['incidents/gone.md is not there']);
});
