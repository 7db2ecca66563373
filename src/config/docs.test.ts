import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR, readConfig } from '../config.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const GUIDE = readFileSync(join(PROJECT_DIR, 'docs/intake.md'), 'utf8');
const [, block = ''] = /^## In precedent\.yaml\n+```yaml\n([^`]*)```/m.exec(GUIDE) ?? [];

/** Every variable that the block names, with something that is long enough for a secret. */
const env: Record<string, string> = Object.fromEntries(
  [...block.matchAll(/\b[A-Z]+_SECRET(?:_OLD)?\b/g)].map(([name]) => [name, `${name} of twenty-four bytes`]),
);

describe('docs/intake.md', () => {
  it('shows a precedent.yaml that is read without a mistake, and in which nothing is passed over', () => {
    const file = join(folder, 'precedent.yaml');
    writeFileSync(file, block);
    const given = { ...env, CHAT_WEBHOOK_URL: 'https://hooks.example.com/services/1' };
    const { config, secrets } = readConfig(given, file);
    expect(Object.keys(config.intake.senders)).toEqual(['pagerduty', 'opsgenie', 'generic']);
    expect(config.intake.senders.generic?.map).toHaveProperty('alertname');
    expect(config.callbacks.map(({ name, format }) => [name, format])).toEqual([
      ['ops', 'diagnosis'],
      ['chat', 'slack'],
    ]);
    expect(secrets.intake.bySender.get('pagerduty')).toHaveLength(2);
    expect(secrets.callbacks.get('ops')?.secrets).toHaveLength(1);
  });
});
