import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../domain/manifest.ts';
import { parseManifest } from './chroma-manifest.ts';

const text = fc.string({ unit: fc.constantFrom(...'ab"\\{}[],: é\n') });
const file = fc.record({
  path: text,
  source: text,
  problems: fc.constant<Manifest['files'][number]['problems']>([]),
  redacted: fc.dictionary(text, fc.nat()),
  documents: fc.array(
    fc.record({
      kind: fc.constant('runbook' as const),
      id: text,
      line: fc.constant(1),
      hash: text,
      chunks: fc.array(text),
    }),
    { maxLength: 3 },
  ),
  reusable: fc.boolean(),
});
const manifest: fc.Arbitrary<Manifest> = fc.record({ recipe: text, files: fc.array(file, { maxLength: 5 }) });

describe('a manifest is read as it was written', () => {
  it('whatever its names hold', async () => {
    await fc.assert(
      fc.asyncProperty(manifest, async (written) => {
        expect(await parseManifest(JSON.stringify(written))).toEqual(written);
      }),
    );
  });

  it('while others have their turns', async () => {
    let turns = 0;
    const count = () => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const one = { path: 'web/High.md', source: '', problems: [], documents: [], reusable: true };
    const files = Array.from({ length: 10_000 }, () => one);
    const read = await parseManifest(JSON.stringify({ recipe: 'r', files }));
    clearImmediate(next);
    expect(read?.files).toHaveLength(files.length);
    expect(turns).toBeGreaterThan(2);
  });
});

it('what another version wrote is none', async () => {
  expect(await parseManifest('{"files":[]}')).toBeUndefined();
  expect(await parseManifest('')).toBeUndefined();
  expect(await parseManifest('{"recipe":{"of":{"model":"m"}},"files":[]}')).toBeUndefined();
  expect(await parseManifest('{"recipe":"r","files":[{"name":"web"}]}')).toBeUndefined();
});
