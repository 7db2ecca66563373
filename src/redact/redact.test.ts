import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPrecedentError } from '../domain/errors.ts';
import { LOOK_ALIKES } from './__fixtures__/look-alikes.ts';
import { PLANTED_SECRETS } from './__fixtures__/planted-secrets.ts';
import { createRedactor } from './redact.ts';

const redact = createRedactor(['secrets', 'emails', 'ips']);

const glue = fc.constantFrom(' ', '\n', '\r\n', '=', ': ', '"', '`', '@', '(', ')', '://', ' | ', ', ', '…', '');
const piece = fc.oneof(
  fc.constantFrom(...PLANTED_SECRETS.map(({ text }) => text)),
  fc.constantFrom(...PLANTED_SECRETS.map(({ secret }) => secret)),
  fc.constantFrom(...LOOK_ALIKES),
  fc.constantFrom('password', 'token', '--password', 'ops@example.com', '10.1.2.3', 'fd00:10::3', '(redacted:email)'),
  fc.string({ maxLength: 12 }),
);
const anyText = fc.array(fc.tuple(piece, glue), { maxLength: 8 }).map((pairs) => pairs.flat().join(''));

describe('redaction', () => {
  it('does nothing more the second time', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const once = await redact(text);
        expect((await redact(once.text)).text).toBe(once.text);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps every line end, so that line numbers mean the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { text: shown } = await redact(text);
        expect(shown.match(/[\r\n]/g)).toEqual(text.match(/[\r\n]/g));
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the line on which everything after a private key stands', async () => {
    const key = PLANTED_SECRETS.find(({ make }) => make === 'private key')?.secret ?? '';
    const { text, counts } = await redact(`one\n${key}\nlast`);
    expect(text.split('\n').indexOf('last')).toBe(1 + key.split('\n').length);
    expect(counts).toEqual({ 'private-key': 1 });
  });

  it('keeps the key, the user and the host around a password', async () => {
    expect((await redact('postgres://web:tr0ub4dor-x@db:5432/orders')).text).toBe(
      'postgres://web:(redacted:url-password)@db:5432/orders',
    );
    expect((await redact('PGPASSWORD=Tr1ckyHorse psql -h db')).text).toBe('PGPASSWORD=(redacted:password) psql -h db');
  });

  it('leaves a mark that is a plain YAML value and plain Markdown', async () => {
    const { text } = await redact('owner: ops@example.com\nops@example.com: restarted');
    expect(text).toBe('owner: (redacted:email)\n(redacted:email): restarted');
  });

  it('is not switched off by a comment in the text', async () => {
    const secret = PLANTED_SECRETS.find(({ make }) => make === 'linear key')?.text ?? '';
    const { counts } = await redact(`<!-- secretlint-disable -->\n${secret}`);
    expect(counts).toEqual({ 'linear-key': 1 });
  });

  it('is not switched off by a mark in front of a secret', async () => {
    const { text } = await redact('postgres://web:(redacted:x)tr0ub4dor@db/orders');
    expect(text).not.toContain('tr0ub4dor');
  });

  it('blacks out e-mail addresses, and no logins or node names', async () => {
    const { text, counts } = await redact(
      'ask Ops <ops+web@mail.example.com>, mailto:ada@example.org or a%40example.com',
    );
    expect(text).toBe('ask Ops <(redacted:email)>, mailto:(redacted:email) or (redacted:email)');
    expect(counts).toEqual({ email: 3 });
  });

  it.each([
    'For ansible problems mail OPS',
    'scp and ssh: OPS',
    'ssh fails? OPS:please, or OPS:urgent',
    'after ssh root@db.example.com, mail OPS',
  ])('blacks out whom to ask about a remote command: %s', async (text) => {
    const { text: shown } = await redact(text.replaceAll('OPS', 'bob@corp.example.com'));
    expect(shown).toBe(text.replaceAll('OPS', '(redacted:email)'));
  });

  it('blacks out addresses of machines only when asked to', async () => {
    const text =
      'ping 10.1.2.3, 2001:db8::8a2e:370:7334 and fe80::1ff:fe23:4567:890a, not 127.0.0.1, ::1, 12:30:45 or v1.2.3.4';
    const ip = '(redacted:ip)';
    expect((await redact(text)).text).toBe(`ping ${ip}, ${ip} and ${ip}, not 127.0.0.1, ::1, 12:30:45 or v1.2.3.4`);
    expect((await createRedactor(['secrets', 'emails'])(text)).text).toBe(text);
    expect((await redact('db at 10.1.2.3:5432 in 10.1.0.0/16')).text).toBe(`db at ${ip}:5432 in ${ip}/16`);
  });

  it('changes nothing when it is off', async () => {
    const all = PLANTED_SECRETS.map(({ text }) => text).join('\n');
    expect(await createRedactor([])(all)).toEqual({ text: all, counts: {} });
  });

  it('refuses the text when a finder fails, and does not quote it', async () => {
    const fails = (text: string) => {
      throw new RangeError(`cannot read ${text}`);
    };
    const broken = createRedactor(['secrets'], { secrets: [fails], emails: [], ips: [] });
    const error = await broken('password: bluebird').catch((thrown: unknown) => thrown);
    expect(isPrecedentError(error, 'knowledge-invalid')).toBe(true);
    expect(JSON.stringify(error) + String(error)).not.toContain('bluebird');
  });

  it.each([
    ['one letter', 'a'],
    ['at signs', '@'],
    ['addresses', 'a@a.'],
    ['schemes', 'http://'],
    ['database schemes', 'mongodb://a:'],
    ['colons', ':a'],
    ['token keys', 'token='],
    ['password keys and spaces', 'password    '],
    ['quotes', 'secret:"'],
    ['jwt heads', 'eyJ-'],
    ['key heads', '-----BEGIN PRIVATE KEY-----\n'],
    ['commands', 'mysql -h db '],
    ['digits', '1.'],
    ['dashes', 'xoxb-'],
    ['names', `token: ${'v1.'.repeat(100)}! `],
    ['headers', 'authorization: bearer '],
    ['key heads in headers', 'Comment: -----BEGIN PRIVATE KEY-----\n'],
    ['what may end a line of a key', '+', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(24)}`],
    ['what may end a quoted line of a key', '\\', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(24)}"`],
  ])('is linear in a text of nothing but %s', async (_, unit, head = '') => {
    const measure = async (size: number) => {
      const text = head + unit.repeat(size / unit.length);
      const start = performance.now();
      await redact(text);
      return performance.now() - start;
    };
    await measure(20_000);
    // A quadratic search would take 16 times as long; the floor keeps a busy machine from failing the test.
    expect(await measure(400_000)).toBeLessThan(Math.max(1_500, 10 * (await measure(100_000))));
  });
});
