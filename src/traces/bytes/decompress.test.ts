import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isPrecedentError } from '../../domain/errors.ts';
import { type ContentEncoding, decompress } from './decompress.ts';

/** `zstd -3` of `buildText()`. */
const ZSTD = Buffer.from(
  'KLUv/QRYTQ8ABhc9HnBJ0wYyCG2Nof95Fa29DgF9CihWaGX3Tia8//83AkEANAAsANQkFgVCkgA4QA6KAzKqfFBCsTQIk5CQUYm/pvogBATSLBTE0pBBjWJABykIJEEG1YIOShYyqBo6KAlQDgjTEMNA56xV70wsxPPZNtu3fdvm3axz9lR/mWiI53e+2YJREkZx/hO1jYYGKlAWBJTDosAoC2I4Aq9MPMRjdzaz++1mapvNymVlZrWbd86a6i0Tj3h8Z5td/f/1fP919frNdvMBBLvnqGYi3pkdj1hGIxYWot1u2jl71T8TjXjqzmV29/udms93ZXV1Z99Nn7OlGoDWqIGcO2X/OsBzkmEMElAgCKAIBBXBCELQECgIAYQQMBhG6IyOOwABBWNfCIEV1FFDVEjB2gqhUIKxL4QACuqoISqYYG2FUBDB2BdCoARt0GJRr42ZyzHHfCAM0mbZ1CsGUGY479Afsk16XdBWWWZ3zQi90lUHOM4or+EP8Z1ausgd5Os4IOxPKNZX6E3IrZ4YoJyi3OE/ZHXKCJa2Gb7OOh9hqW4aQJlxvMM/oT6+IrtPRx9NcXmt6Gjjpykup4rROdAZxz+lQjkHO+N8Qu5H7vRlZuMLe/VKfi7HFKY3gA3Zd/BJiBqG6BvkFwVQe2qr7ViW1A==',
  'base64',
);

function buildText(): string {
  const services = ['web', 'db', 'orders'];
  const spans = Array.from({ length: 60 }, (_, at) => ({
    traceId: `t${Math.floor(at / 10)}`,
    id: `s${at}`,
    name: 'get',
    timestamp: 1_767_225_600_000_000 + at,
    duration: 100 + ((at * 7) % 50),
    localEndpoint: { serviceName: services[at % 3] },
  }));
  return JSON.stringify(spans);
}

const TEXT = buildText();

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

async function inflate(bytes: Uint8Array, encoding: ContentEncoding, { chunk = 50, maxBytes = 1e7 } = {}) {
  const parts: Uint8Array[] = [];
  for await (const part of decompress(chunksOf(bytes, chunk), encoding, maxBytes)) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function errorOf(bytes: Uint8Array, encoding: ContentEncoding, options = {}) {
  try {
    await inflate(bytes, encoding, options);
  } catch (error) {
    if (isPrecedentError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A frame of blocks that are written by hand: three bytes of header, then what the block holds. */
function zstdFrame(blocks: readonly { type: 0 | 1; size: number; data: readonly number[] }[], window = 0x40): Buffer {
  const parts = blocks.map(({ type, size, data }, at) => {
    const header = size * 8 + type * 2 + Number(at === blocks.length - 1);
    return [header & 255, (header >> 8) & 255, header >> 16, ...data];
  });
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window, ...parts.flat()]);
}

const raw = (text: string) => ({ type: 0 as const, size: text.length, data: [...Buffer.from(text)] });
const SKIPPED = Buffer.from([0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

describe.each([1, 3, 50, 100_000])('in chunks of %i bytes', (chunk) => {
  test.each([
    ['gzip', gzipSync(TEXT), 'gzip', TEXT],
    ['gzip, told by its first bytes', gzipSync(TEXT), 'auto', TEXT],
    ['several gzips in a row', Buffer.concat([gzipSync('one '), gzipSync(''), gzipSync('two')]), 'gzip', 'one two'],
    ['zstd', ZSTD, 'zstd', TEXT],
    ['zstd, told by its first bytes', ZSTD, 'auto', TEXT],
    ['several zstds in a row', Buffer.concat([ZSTD, ZSTD]), 'zstd', TEXT + TEXT],
    [
      'zstd after what is to be skipped',
      Buffer.concat([SKIPPED, zstdFrame([raw('one '), raw('two')])]),
      'auto',
      'one two',
    ],
    ['plain text', Buffer.from(TEXT), 'auto', TEXT],
    ['a little plain text', Buffer.from('[]'), 'auto', '[]'],
    ['nothing', Buffer.from(''), 'auto', ''],
    ['what is said to be plain', Buffer.from(TEXT), 'identity', TEXT],
  ] as const)('%s', async (_, bytes, encoding, text) => {
    expect(await inflate(bytes, encoding, { chunk })).toBe(text);
  });
});

describe('broken compression is an invalid input', () => {
  test.each([
    ['gzip', gzipSync(TEXT).subarray(0, 100)],
    ['gzip', Buffer.from('plain text')],
    ['gzip', Buffer.concat([gzipSync(TEXT), Buffer.from('more')])],
    ['gzip', Buffer.alloc(0)],
    ['zstd', ZSTD.subarray(0, 100)],
    ['zstd', Buffer.from('plain text, and then some')],
    ['zstd', Buffer.concat([ZSTD, Buffer.from('more')])],
    ['zstd', zstdFrame([{ type: 1, size: 2 ** 20, data: [0x20] }])],
  ] as const)('%s', async (encoding, bytes) => {
    expect((await errorOf(bytes, encoding)).code).toBe('input-invalid');
  });

  test.each(['gzip', 'zstd'] as const)('%s with any byte changed is read or refused', async (encoding) => {
    const whole = encoding === 'gzip' ? gzipSync(TEXT) : ZSTD;
    const place = fc.integer({ min: 0, max: whole.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 0, max: 255 }), async (at, byte) => {
        const broken = Buffer.from(whole);
        broken[at] = byte;
        await inflate(broken, encoding).catch((error: unknown) => {
          expect(isPrecedentError(error, 'input-invalid') || isPrecedentError(error, 'input-too-large')).toBe(true);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('what inflates to much more stops early', () => {
  it('a gzip of zeros', async () => {
    const bomb = gzipSync(Buffer.alloc(50e6));
    expect((await errorOf(bomb, 'gzip', { chunk: 1000, maxBytes: 1e6 })).code).toBe('input-too-large');
  });

  it('a zstd of repeated bytes', async () => {
    const block = { type: 1 as const, size: 128 * 1024, data: [0x20] };
    const bomb = zstdFrame(Array.from({ length: 10_000 }, () => block));
    expect((await errorOf(bomb, 'zstd', { chunk: 1e5, maxBytes: 1e6 })).code).toBe('input-too-large');
  });

  it('a zstd that declares a window of gigabytes is refused before any of it is allocated', async () => {
    const before = process.memoryUsage().arrayBuffers;
    const error = await errorOf(zstdFrame([raw('x')], 0xa0), 'zstd');
    expect(error).toMatchObject({ code: 'input-invalid', message: expect.stringContaining('window over 8 MiB') });
    const single = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0, 0, 0, 0x40, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect((await errorOf(single, 'zstd')).message).toContain('window over 8 MiB');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it('a zstd of very many tiny blocks is refused, not worked through', async () => {
    const frame = zstdFrame([raw('x'), raw('y')], 0x68);
    const tiny = Buffer.alloc(3 * 1000);
    const many = Buffer.concat([frame.subarray(0, 6), tiny, frame.subarray(6)]);
    expect((await errorOf(many, 'zstd')).message).toContain('too many small blocks');
  });
});

test('who broke off the bytes is told as it was', async () => {
  const failure = new Error('the connection is gone');
  async function* broken() {
    yield gzipSync(TEXT).subarray(0, 50);
    throw failure;
  }
  for (const encoding of ['gzip', 'auto'] as const) {
    await expect(async () => {
      for await (const _ of decompress(broken(), encoding, 1e6));
    }).rejects.toBe(failure);
  }
});

test('a gzip that is too large is refused at once, though its sender stalls', async () => {
  async function* stalling() {
    yield gzipSync(Buffer.alloc(1e6));
    await new Promise(() => {});
  }
  await expect(async () => {
    for await (const _ of decompress(stalling(), 'gzip', 1000));
  }).rejects.toMatchObject({ code: 'input-too-large' });
});

test('what pads a gzip is taken with it, for behind it another body may begin', async () => {
  let isTaken = false;
  async function* padded() {
    yield* chunksOf(Buffer.concat([gzipSync(TEXT), Buffer.alloc(1e6)]), 10_000);
    isTaken = true;
  }
  const parts: Uint8Array[] = [];
  for await (const part of decompress(padded(), 'auto', 1e7)) parts.push(part);
  expect(Buffer.concat(parts).toString()).toBe(TEXT);
  expect(isTaken).toBe(true);
});
