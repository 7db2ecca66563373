import { describe, expect, it } from 'vitest';
import { parseProse } from './parse.ts';

function kindOf(name: string, text: string): string {
  const file = {
    path: `docs/${name}.md`,
    source: '',
    name,
    id: name,
    kind: undefined,
    sha: 'f00d',
    text,
    problems: [],
  };
  const { documents, unread } = parseProse(file);
  return documents[0]?.kind ?? unread?.status ?? '';
}

describe('a page whose folder does not tell what it is', () => {
  it.each([
    ['type: runbook', 'runbook'],
    ['type: SOP', 'runbook'],
    ['kind: playbook', 'runbook'],
    ['type: Post-Mortem', 'incident'],
    ['type: RCA', 'incident'],
    ['type: retrospective', 'incident'],
    ['type: concept', 'skipped'],
  ])('says %j in its front matter and is: %s', (yaml, kind) => {
    expect(kindOf('x', `---\n${yaml}\n---\n\n# X\n\nText.`)).toBe(kind);
  });

  it.each([
    ['x', '# X\n\n## Meaning\n\nA.\n\n## Mitigation\n\nB.', 'runbook'],
    ['x', '# X\n\n## Diagnosis\n\nA.', 'runbook'],
    ['x', '# Restart web\n\n## Steps\n\n1. A', 'runbook'],
    ['x', '# QueueDepthHigh\n\nLook at it.', 'runbook'],
    ['x', '# X\n\n## Impact\n\nA.\n\n## Root cause\n\nB.\n\n## Resolution\n\nC.', 'incident'],
    ['x', '# X\n\n## Timeline\n\nA.\n\n## Action items\n\nB.', 'incident'],
    ['2026-03-01-x', '# X\n\n## Impact\n\nA.\n\nThe outage was long.', 'incident'],
    ['x', '# Postmortem: web was down\n\nText.', 'incident'],
    ['web-runbook', 'Text.', 'runbook'],
    ['skills/web/SKILL', 'Text.', 'runbook'],
  ])('%s %j is: %s', (name, text, kind) => {
    expect(kindOf(name, text)).toBe(kind);
  });

  it.each([
    ['x', '# Holidays\n\nText.'],
    ['README', '# A library\n\n## Usage\n\nA.\n\n## Troubleshooting\n\nB.'],
    ['x', '# Plans\n\n## Next steps\n\nA.'],
  ])('%s %j is neither, and the report says how to make it known', (name, text) => {
    expect(kindOf(name, text)).toBe('skipped');
  });
});
