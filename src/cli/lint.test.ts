import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { createKnowledgeFolder, type KnowledgeFolder } from '../testing/knowledge-folder.ts';
import type { CommandContext } from './context.ts';
import { type LintOptions, lintCommand } from './lint.ts';
import { newCommand } from './new.ts';

const now = () => new Date('2026-03-05T10:00:00Z');
const SHORT = '# WebErrors\n\nIt fails.\n\n## Mitigation\n\n1. Add pods.\n';
const BROKEN = '# DbFull\n\nIt is full.\n\n## Mitigation\n\n```sh\nls\n';
const SHORT_LINE =
  'runbooks/web/WebErrors.md:1  warning  too-short  the runbook holds only 2 lines: say what the alert means, how to find the cause, and what to do\n';

function contextFor(knowledge: string) {
  const told = { out: '', notes: '' };
  const context: CommandContext = {
    env: { KNOWLEDGE_DIR: knowledge },
    write: (text) => {
      told.out += text;
    },
    note: (text) => {
      told.notes += text;
    },
    isInteractive: false,
    signal: new AbortController().signal,
  };
  return { context, told };
}

async function lint(folder: KnowledgeFolder, paths: readonly string[] = [], options: LintOptions = {}, inside = '') {
  const { context, told } = contextFor(join(folder.path, inside));
  const code = await lintCommand(paths, options, context, now);
  return { code, ...told };
}

describe('precedent lint', () => {
  it('advises without failing, unless warnings were to fail too', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/web/WebErrors.md': SHORT });
    const out = `${SHORT_LINE}0 errors, 1 warning in 1 file\n`;
    expect(await lint(folder)).toEqual({ code: 0, out, notes: '' });
    expect((await lint(folder, [], { strict: true })).code).toBe(2);
  });

  it('fails on errors', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/db/DbFull.md': BROKEN });
    const { code, out } = await lint(folder);
    expect(code).toBe(2);
    expect(out).toContain('runbooks/db/DbFull.md:7  error  unclosed-fence  ');
  });

  it('reports on the files that were asked about, by any of their names, and knows the others', async () => {
    await using folder = await createKnowledgeFolder({
      'runbooks/web/WebErrors.md': SHORT,
      'runbooks/db/DbFull.md': BROKEN,
      'runbooks/db/WebErrors.md': '---\nservices: [web]\nalerts: [WebErrors]\n---\n'.concat(BROKEN),
    });
    const said = (await lint(folder, ['runbooks/web/'])).out;
    expect(said.split('\n').map((line) => line.split('  ', 3).join(' '))).toEqual([
      'runbooks/web/WebErrors.md:1 error duplicate-alert',
      'runbooks/web/WebErrors.md:1 warning too-short',
      '1 error, 1 warning in 1 file',
      '',
    ]);
    expect((await lint(folder, [join(folder.path, 'runbooks/web/WebErrors.md')])).out).toBe(said);
    await expect(lint(folder, ['runbooks/nowhere'])).rejects.toThrow('runbooks/nowhere does not exist');
  });

  it('names files in annotations as their repository does', async () => {
    await using folder = await createKnowledgeFolder({ 'docs/ops/runbooks/web/WebErrors.md': SHORT });
    execFileSync('git', ['init', '--quiet', folder.path]);
    const { out } = await lint(folder, [], { format: 'github' }, 'docs/ops');
    expect(out).toMatch(/^::warning file=docs\/ops\/runbooks\/web\/WebErrors\.md,line=1,title=too-short::/);
    const report = await lint(folder, [], { format: 'gitlab' }, 'docs/ops');
    expect(JSON.parse(report.out)[0].location.path).toBe('docs/ops/runbooks/web/WebErrors.md');
  });

  it('never shows a secret', async () => {
    const secret = 'postgres://orders:tR7zq0Lw9kXe@db.example.com/orders';
    const text = `${SHORT}\n[x](old/${secret})\n\n\`\`\`sh\npsql ${secret} -c 'drop table a'\n\`\`\`\n`;
    await using folder = await createKnowledgeFolder({ 'runbooks/web/WebErrors.md': text });
    const { code, out } = await lint(folder);
    expect(code).toBe(2);
    expect(out).toContain('WebErrors.md:12  error  secret-in-text  this line holds a secret (url-password)');
    expect(out).toContain('WebErrors.md:12  warning  destructive-without-rollback  `psql postgres://orders:(redacted:');
    expect(out).not.toContain('tR7zq0Lw9kXe');
  });

  it('has nothing to say about the sample knowledge', async () => {
    const { context, told } = contextFor(PROJECT_DIR);
    const code = await lintCommand([], { strict: true }, context, () => new Date('2026-11-20'));
    expect({ code, out: told.out }).toEqual({ code: 0, out: expect.stringContaining('nothing to mend in') });
  });

  it.each(['runbook', 'incident'] as const)(
    'finds nothing in a new %s but what its author has to write',
    async (kind) => {
      await using folder = await createKnowledgeFolder();
      const { context } = contextFor(folder.path);
      const answers = { title: 'web: slow', alert: 'WebSlow', service: 'web', owner: 'shop' };
      await newCommand(kind, answers, context, { now });
      const { out } = await lint(folder, [], { json: true });
      const rules = JSON.parse(out).map(({ rule }: { rule: string }) => rule);
      expect(new Set(rules)).toEqual(new Set(['unfilled-section']));
      expect(rules).toHaveLength(kind === 'runbook' ? 5 : 9);
    },
  );
});
