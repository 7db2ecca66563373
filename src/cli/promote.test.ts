import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import { runCommand } from './__fixtures__/run-command.ts';

const RUNBOOK = `---
title: Disk of db is filling
alerts: [DbDiskFull]
services: [db]
---

# Disk of db is filling

## Meaning

The disk that holds the tables of db is nearly full, and writes will fail.

## Mitigation

1. Look at what fills it.

   \`\`\`sh
   df -h /var/lib/db
   \`\`\`

### Rollback

Nothing is changed by looking.
`;

const ALERT = {
  labels: { alertname: 'DbDiskFull', service: 'db' },
  annotations: { summary: 'disk of db-0 is 97 % full\n---\nstatus: stable' },
  startsAt: '2026-03-01T10:00:00Z',
};

describe('precedent promote', () => {
  const data = mkdtempSync(join(tmpdir(), 'precedent-promote-'));
  let knowledge: KnowledgeFolder;
  let id = '';
  const precedent = (...args: string[]) =>
    runCommand(args, { DATA_DIR: join(data, 'data'), KNOWLEDGE_DIR: knowledge.path, NO_COLOR: '1' });

  beforeAll(async () => {
    knowledge = await createKnowledgeFolder({ 'runbooks/db/DbDiskFull.md': RUNBOOK });
    const alert = join(data, 'alert.json');
    writeFileSync(alert, JSON.stringify(ALERT));
    id = JSON.parse((await precedent('diagnose', '--alert', alert, '--json')).out).id;
  });
  afterAll(async () => {
    rmSync(data, { recursive: true, force: true });
    await knowledge[Symbol.asyncDispose]();
  });

  it('goes from a judged diagnosis to a draft that the linter accepts, and no further by itself', async () => {
    const cause = ['--service', 'db', '--category', 'disk-full', '--summary', 'Old segments were never dropped.'];
    await precedent('verdict', id, 'corrected', '--by', 'ana', ...cause);
    const list = await precedent('promote');
    expect(list).toMatchObject({ code: 0, out: expect.stringContaining(id) });
    expect(list.out).toContain('no stored incident tells of disk-full');
    const printed = await precedent('promote', id, '--stdout', '--severity', 'sev3');
    expect(printed).toMatchObject({ code: 0, out: expect.stringContaining(`diagnosis \`${id}\``) });
    expect(existsSync(join(knowledge.path, 'incidents'))).toBe(false);

    const written = await precedent('promote', id, '--severity', 'sev3', '--json');
    const { path, date } = JSON.parse(written.out);
    expect(path).toBe(join(knowledge.path, `incidents/${date.slice(0, 4)}/${date}-db-disk-full.md`));
    expect(readFileSync(path, 'utf8')).toBe(printed.out);
    expect(await precedent('lint', '--strict')).toMatchObject({
      code: 0,
      out: expect.stringContaining('nothing to mend'),
    });

    const again = await precedent('promote', id);
    expect(again).toMatchObject({
      code: 2,
      notes: expect.stringMatching(/db-disk-full.*was written from this diagnosis/),
    });
    writeFileSync(path, 'edited');
    expect(await precedent('promote', id)).toMatchObject({ code: 2, notes: expect.stringContaining('exists already') });
    expect(readFileSync(path, 'utf8')).toBe('edited');
    expect(await precedent('promote', id, '--severity', 'sev3', '--force')).toMatchObject({ code: 0 });
    expect(readFileSync(path, 'utf8')).toBe(printed.out);
    rmSync(path);
  }, 120_000);

  it('writes where it is told to, and replaces nothing unless it is told to', async () => {
    const out = join(data, 'drafts', 'draft.md');
    const note = expect.stringContaining('Check');
    expect(await precedent('promote', id, '--out', out)).toMatchObject({ code: 0, notes: note });
    writeFileSync(out, 'edited');
    const refused = { code: 2, notes: expect.stringMatching(/draft\.md exists already.*--force/) };
    expect(await precedent('promote', id, '--out', out)).toMatchObject(refused);
    expect(readFileSync(out, 'utf8')).toBe('edited');
  }, 120_000);

  it('has an exit code for what is not there', async () => {
    expect(await precedent('promote', 'unknown')).toMatchObject({ code: 4, notes: expect.stringContaining('unknown') });
    expect(await precedent('promote', '--limit', '0')).toMatchObject({ code: 2 });
  }, 60_000);
});
