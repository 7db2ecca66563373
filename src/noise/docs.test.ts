import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { GRAMMAR_EXAMPLES } from './grammar.ts';
import { parseSentence } from './parse-sentence.ts';
import { readNoiseFile } from './read-rules.ts';
import { renderSentence } from './render-sentence.ts';
import { PAGING_SEVERITIES, SENDERS } from './words.ts';

const read = (path: string) => readFileSync(join(PROJECT_DIR, path), 'utf8');
const DOCS = read('docs/noise.md');
const blockOf = (language: string) => new RegExp(`^\`\`\`${language}\n([^\`]*)^\`\`\``, 'm').exec(DOCS)?.[1] ?? '';
const SENTENCES = blockOf('rule').split('\n').filter(Boolean);

describe('what is written about noise rules', () => {
  it.each([...SENTENCES, ...GRAMMAR_EXAMPLES])('is a rule, said in the one way: %s', (sentence) => {
    const parsed = parseSentence(sentence);
    expect(parsed.ok ? renderSentence(parsed.sentence) : parsed.mistake.message).toBe(sentence);
  });

  it('shows a file as it is read', () => {
    expect(SENTENCES.length).toBeGreaterThan(4);
    expect(readNoiseFile(blockOf('yaml'), 'a.yaml')).toMatchObject({ problems: [], rules: [{ enabled: false }] });
  });

  it('names every sender, and every severity that is protected', () => {
    for (const word of [...SENDERS, ...PAGING_SEVERITIES]) expect(DOCS).toContain(`\`${word}\``);
  });
});

describe('the sample rules', () => {
  it('can be read, and are off', () => {
    const { rules, problems } = readNoiseFile(read('noise/sample.yaml'), 'noise/sample.yaml');
    expect(problems).toEqual([]);
    expect(rules.map(({ enabled }) => enabled)).toEqual([false, false]);
  });
});
