import { randomBytes } from 'node:crypto';
import { Command } from 'commander';
import { beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { type AuditLog, createAuditLog } from '../gatekeeper/audit-log.ts';
import { createTokenDesk, type TokenDesk } from '../gatekeeper/token-desk.ts';
import { createMemoryAccess } from '../testing/memory-access.ts';
import { addAccessCommands } from './access-program.ts';
import { auditCommand } from './audit.ts';
import type { CommandContext } from './context.ts';
import { createToken, listTokens, revokeToken, rotateToken } from './token.ts';

const AT = new Date('2026-03-31T12:00:00Z');
const WISH = { name: 'ci', scope: ['intake', 'read'], namespace: 'default' };

let [out, notes] = ['', ''];
let desk: TokenDesk;
let audit: AuditLog;
const context: CommandContext = {
  env: {},
  write: (text) => {
    out += text;
  },
  note: (text) => {
    notes += text;
  },
  isInteractive: false,
  signal: new AbortController().signal,
};

beforeEach(() => {
  [out, notes] = ['', ''];
  const access = createMemoryAccess();
  const now = () => AT;
  audit = createAuditLog({ access, now, onFailure: () => {} });
  desk = createTokenDesk({ access, audit, randomBytes, now, onChanged: () => {} });
});

const idOf = async () => (await desk.list(LOCAL_OPERATOR))[0]?.id ?? 'none';

describe('precedent token', () => {
  it('prints the token alone, and says beside it what it is', async () => {
    expect(await createToken(desk, { ...WISH, expires: '90d' }, context)).toBe(0);
    expect(out).toMatch(/^prec_[0-9a-f]{12}_[\w-]{51}\n$/);
    expect(notes).toContain('(ci) may intake, read in the namespace default until 2026-06-29 12:00:00Z');
    expect(notes).not.toContain(out.trim());
  });

  it('says that the first one closes the door for all others', async () => {
    await createToken(desk, WISH, context);
    expect(notes).toContain('from now on');
    notes = '';
    await createToken(desk, WISH, context);
    expect(notes).not.toContain('from now on');
  });

  it('lists them without the tokens, and says which hold no more', async () => {
    expect(await listTokens(desk, {}, context, AT)).toBe(4);
    expect(out).toContain('precedent token create');
    await createToken(desk, { ...WISH, namespace: '*' }, context);
    const token = out.split('\n').at(-2) ?? '';
    await revokeToken(desk, await idOf(), {}, context);
    out = '';
    expect(await listTokens(desk, {}, context, AT)).toBe(0);
    expect(out).toContain('in every namespace until it is revoked · revoked');
    expect(out).not.toContain(token);
  });

  it('replaces one, and says for how long the old one holds', async () => {
    await createToken(desk, WISH, context);
    [out, notes] = ['', ''];
    expect(await rotateToken(desk, await idOf(), { grace: '1h', json: true }, context)).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ name: 'ci', token: expect.stringMatching(/^prec_/) });
    expect(notes).toContain('The old one holds for 1h more.');
  });

  it.each([
    [{ scope: ['root'] }, 'scopes.0'],
    [{ scope: [] }, 'scopes'],
    [{ name: '' }, 'name'],
    [{ namespace: 'Team A' }, 'namespace'],
    [{ expires: 'soon' }, '--expires'],
  ])('makes none from %j', async (wrong, path) => {
    const problems = [expect.objectContaining({ path })];
    await expect(createToken(desk, { ...WISH, ...wrong }, context)).rejects.toMatchObject({
      code: 'input-invalid',
      problems,
    });
    expect(out).toBe('');
  });

  it('knows when there is no such token', async () => {
    await expect(revokeToken(desk, 'unknown', {}, context)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the command line', () => {
  const run = async (...args: string[]) => {
    const codes: number[] = [];
    const program = new Command('precedent').exitOverride().configureOutput({ writeErr: context.note });
    addAccessCommands(
      program,
      context,
      (code) => codes.push(code),
      (_context, use) => use({ tokens: desk, audit, now: () => AT }),
    );
    await program.parseAsync(['token', ...args], { from: 'user' }).catch((error) => codes.push(error.code));
    return codes;
  };

  it('takes a scope several times, and puts a token into the default namespace', async () => {
    expect(await run('create', '--name', 'ci', '--scope', 'read', '--scope', 'verdict', '--json')).toEqual([0]);
    expect(JSON.parse(out)).toMatchObject({ scopes: ['read', 'verdict'], namespace: 'default' });
    const id = await idOf();
    expect(await run('rotate', id, '--grace', '0s')).toEqual([0]);
    expect(await run('revoke', await idOf())).toEqual([0]);
    out = '';
    expect(await run('list', '--json')).toEqual([0]);
    expect(JSON.parse(out).tokens).toHaveLength(2);
  });

  it('wants a name and a scope', async () => {
    expect(await run('create', '--scope', 'read')).toEqual(['commander.missingMandatoryOptionValue']);
    expect(await run('create', '--name', 'ci')).toEqual(['commander.missingMandatoryOptionValue']);
  });
});

describe('precedent audit', () => {
  it('shows what was changed, newest first', async () => {
    expect(await auditCommand(audit, { limit: 5 }, context)).toBe(4);
    await createToken(desk, WISH, context);
    out = '';
    expect(await auditCommand(audit, { limit: 5 }, context)).toBe(0);
    expect(out).toMatch(/^2026-03-31 12:00:00Z {2}token.create [0-9a-f]{12} \(ci\) · local \(\*\), no. 1\n$/);
  });
});
