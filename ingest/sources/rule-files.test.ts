import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder } from '../../src/testing/knowledge-folder.ts';
import { openDirectory } from './directory.ts';
import { readRulesByPattern, readRulesOfSources } from './rule-files.ts';

const FILES = { 'rules/web.yaml': 'web', 'rules/deep/db.yml': 'db', 'rules/notes.md': 'no', 'other.json': 'other' };

describe('rule files', () => {
  it.each([
    ['a file', 'rules/web.yaml', ['rules/web.yaml']],
    ['a folder', 'rules', ['rules/deep/db.yml', 'rules/web.yaml']],
    ['a glob', 'rules/**/*.yml', ['rules/deep/db.yml']],
    ['a glob of several folders', '{rules,more}/*.yaml', ['rules/web.yaml']],
  ])('are found by %s', async (_, pattern, expected) => {
    await using folder = await createKnowledgeFolder(FILES);
    const found = await readRulesByPattern([join(folder.path, pattern)]);
    expect(found.map(({ path }) => path)).toEqual(expected.map((path) => join(folder.path, path)));
  });

  it('are read once, however many patterns name them', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const patterns = ['rules', 'rules/web.yaml'].map((pattern) => join(folder.path, pattern));
    expect((await readRulesByPattern(patterns)).map(({ text }) => text)).toEqual(['db', 'web']);
  });

  it.each(['nowhere.yaml', 'nowhere', 'nowhere/*.yaml', 'rules/*.toml'])(
    'refuses %s, which names none',
    async (name) => {
      await using folder = await createKnowledgeFolder(FILES);
      await expect(readRulesByPattern([join(folder.path, name)])).rejects.toMatchObject({ code: 'input-invalid' });
    },
  );

  it('of a source are those its globs name, with its name in front', async () => {
    await using folder = await createKnowledgeFolder(FILES);
    const source = { directory: folder.path, name: 'ops', rules: ['rules/**/*.{yaml,yml}'] };
    const rules = await readRulesOfSources([await openDirectory(source)]);
    expect(rules).toEqual([
      { path: 'ops/rules/deep/db.yml', text: 'db' },
      { path: 'ops/rules/web.yaml', text: 'web' },
    ]);
  });
});
