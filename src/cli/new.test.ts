import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder } from '../testing/knowledge-folder.ts';
import type { CommandContext } from './context.ts';
import { type NewOptions, newCommand } from './new.ts';
import type { NewKind } from './new-templates.ts';

const now = () => new Date('2026-03-05T10:00:00Z');
const CHECKOUT = { alert: 'CheckoutLatencyHigh', service: 'checkout' };

async function runNew(kind: NewKind, options: NewOptions, folder: string, answers?: string[]) {
  let out = '';
  let notes = '';
  const asked: string[] = [];
  const context: CommandContext = {
    env: { KNOWLEDGE_DIR: folder },
    write: (text) => {
      out += text;
    },
    note: (text) => {
      notes += text;
    },
    isInteractive: false,
    signal: new AbortController().signal,
  };
  const ask = async (text: string) => {
    asked.push(text);
    return answers?.shift() ?? '';
  };
  const code = await newCommand(kind, options, context, { now, ...(answers ? { ask } : {}) });
  return { code, out, notes, asked };
}

describe('precedent new', () => {
  it('writes a runbook with its conventional sections and says what to do next', async () => {
    await using folder = await createKnowledgeFolder();
    const { code, out, notes } = await runNew('runbook', { ...CHECKOUT, owner: 'shop' }, folder.path);
    expect(code).toBe(0);
    expect(out).toMatch(/runbooks\/checkout\/CheckoutLatencyHigh\.md\n$/);
    expect(notes).toContain('precedent lint ');
    const text = await readFile(join(folder.path, 'runbooks/checkout/CheckoutLatencyHigh.md'), 'utf8');
    expect(text).toContain(
      [
        '---',
        'title: Checkout latency high',
        'alerts: [CheckoutLatencyHigh]',
        'services: [checkout]',
        'owner: shop',
        'severity: warning',
        '# validated: 2026-03-05 (once somebody has walked through it)',
        '---',
        '',
        '# Checkout latency high',
        '',
        '## Meaning',
        '',
        '<!-- ',
      ].join('\n'),
    );
    expect(text.match(/^#{2,3} .*/gm)).toEqual([
      '## Meaning',
      '## Impact',
      '## Diagnosis',
      '## Mitigation',
      '### Rollback',
    ]);
  });

  it('writes an incident under its year and day', async () => {
    await using folder = await createKnowledgeFolder();
    const options = { title: 'Orders: twice as many, twice as slow', service: 'orders, db', date: '2025-12-31' };
    await runNew('incident', options, folder.path);
    const text = await readFile(
      join(folder.path, 'incidents/2025/2025-12-31-orders-twice-as-many-twice-as-slow.md'),
      'utf8',
    );
    expect(text).toContain('title: "Orders: twice as many, twice as slow"\ndate: 2025-12-31\nservices: [orders, db]');
  });

  it('asks a person for what no flag says, and offers what it would take by itself', async () => {
    await using folder = await createKnowledgeFolder();
    const answers = ['', 'web', '', 'edge', 'critical'];
    const { asked } = await runNew('runbook', { alert: 'WebErrors' }, folder.path, answers);
    expect(asked).toEqual([
      'Service that it is about: ',
      'Service that it is about (an answer is needed): ',
      'Title in words [Web errors]: ',
      'Team that owns it (may stay empty): ',
      'Severity [warning]: ',
    ]);
    const text = await readFile(join(folder.path, 'runbooks/web/WebErrors.md'), 'utf8');
    expect(text).toContain('owner: edge\nseverity: critical');
  });

  it('asks again for a day that no calendar has', async () => {
    await using folder = await createKnowledgeFolder();
    const answers = ['2026-02-30', '2026-02-28', '', ''];
    const { asked } = await runNew('incident', { title: 'Slow', service: 'web' }, folder.path, answers);
    expect(asked[1]).toContain('must be a day such as 2026-03-01, not "2026-02-30"');
  });

  it('names every missing flag at once where nobody can be asked', async () => {
    await using folder = await createKnowledgeFolder();
    await expect(runNew('runbook', {}, folder.path)).rejects.toMatchObject({
      code: 'input-invalid',
      problems: [
        { path: '--alert', message: 'is needed (alert, as the rule names it)' },
        { path: '--service', message: 'is needed (service that it is about)' },
      ],
    });
  });

  it('never overwrites a file', async () => {
    await using folder = await createKnowledgeFolder({ 'runbooks/checkout/CheckoutLatencyHigh.md': 'precious' });
    await expect(runNew('runbook', CHECKOUT, folder.path)).rejects.toThrow('exists already');
    expect(await readFile(join(folder.path, 'runbooks/checkout/CheckoutLatencyHigh.md'), 'utf8')).toBe('precious');
  });

  it.each([
    [{ alert: '../../../etc/passwd', service: 'web' }, 'runbooks/web/etc-passwd.md'],
    [{ alert: 'Up', service: '..\\..\\up' }, 'runbooks/up/Up.md'],
    [{ alert: '.hidden\n# planted: true', service: '/abs' }, 'runbooks/abs/hidden-planted-true.md'],
  ])('keeps %j inside its folder', async (options, path) => {
    await using folder = await createKnowledgeFolder();
    await runNew('runbook', options, folder.path);
    const text = await readFile(join(folder.path, path), 'utf8');
    expect(text).not.toMatch(/^# planted/m);
  });

  it('refuses a name that leaves nothing', async () => {
    await using folder = await createKnowledgeFolder();
    await expect(runNew('runbook', { alert: '..', service: 'web' }, folder.path)).rejects.toThrow(
      '--alert: ".." leaves nothing to name a file by',
    );
  });

  it('does not follow a link out of the knowledge folder', async () => {
    await using outside = await createKnowledgeFolder();
    await using folder = await createKnowledgeFolder();
    await mkdir(join(folder.path, 'runbooks'));
    await symlink(outside.path, join(folder.path, 'runbooks/web'));
    await expect(runNew('runbook', { alert: 'WebErrors', service: 'web' }, folder.path)).rejects.toThrow(
      'leads out of the knowledge folder',
    );
    await expect(runNew('runbook', { ...CHECKOUT, folder: '../x' }, folder.path)).rejects.toThrow('leads out');
  });

  it('uses the folder that the repository has, and makes none that would hide the others', async () => {
    await using folder = await createKnowledgeFolder({ 'docs/runbooks/WebErrors.md': '# WebErrors' });
    await runNew('runbook', CHECKOUT, folder.path);
    await readFile(join(folder.path, 'docs/runbooks/checkout/CheckoutLatencyHigh.md'));
    await folder.write('services/db/runbooks/DbFull.md', '# DbFull');
    await expect(runNew('runbook', { ...CHECKOUT, alert: 'Other' }, folder.path)).rejects.toThrow('--folder');
  });

  it('takes the place that a configured source has for the kind', async () => {
    await using folder = await createKnowledgeFolder();
    const previous = process.cwd();
    await writeFile(
      join(folder.path, 'precedent.yaml'),
      'sources:\n  - directory: shop\n    runbooks: [ops/sops/**]\n  - directory: bank\n',
    );
    process.chdir(folder.path);
    try {
      const options = { ...CHECKOUT, source: 'shop' };
      const { out } = await runNew('runbook', options, '');
      expect(out).toBe('shop/ops/sops/checkout/CheckoutLatencyHigh.md\n');
      await expect(runNew('runbook', CHECKOUT, '')).rejects.toThrow('--source (there are: shop, bank)');
    } finally {
      process.chdir(previous);
    }
  });
});
