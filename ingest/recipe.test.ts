import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildRecipe, FORMAT, FORMAT_CHECKSUM } from './recipe.ts';

const FIXTURES = new URL('./parse/__fixtures__/', import.meta.url);
const MODEL = { id: 'model', checksum: 'abc', dimension: 64 };

describe('the recipe', () => {
  it('has a new format whenever files become other documents than before', () => {
    const hash = createHash('sha256');
    for (const name of readdirSync(FIXTURES)
      .filter((file) => file.endsWith('.json'))
      .sort()) {
      const document: unknown = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8'));
      hash.update(`${name}\0${JSON.stringify(document)}\0`);
    }
    const found = hash.digest('hex').slice(0, 16);
    const advice = `ingest/parse/__fixtures__ has changed. If a file that was there before now becomes another document, raise FORMAT (${FORMAT}) in ingest/recipe.ts, or indexes keep what the older version made. Then set FORMAT_CHECKSUM to '${found}'`;
    expect(found, advice).toBe(FORMAT_CHECKSUM);
  });

  it('is another one for other settings and for another model, and else the same', () => {
    const recipe = buildRecipe('secrets', MODEL);
    expect(buildRecipe('secrets', { ...MODEL })).toBe(recipe);
    expect(buildRecipe('secrets,emails', MODEL)).not.toBe(recipe);
    expect(buildRecipe('secrets', { ...MODEL, checksum: 'def' })).not.toBe(recipe);
  });
});
