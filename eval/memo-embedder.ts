import { readConfig } from '../src/config.ts';
import { createPorts } from '../src/drivers.ts';
import type { Embedder } from '../src/ports.ts';
import { createRedactor } from '../src/redact/redact.ts';

/**
 * The bundled model, once for a whole run: what was embedded is not embedded again, since the same questions are asked of
 * the same passages with one part of the score left out after the other.
 */
export function openBundledEmbedder(): Embedder {
  const { config, secrets } = readConfig({}, 'no-such-file.yaml');
  return createMemoEmbedder(createPorts({ config, secrets }, {}, createRedactor([]), undefined).embedder);
}

export function createMemoEmbedder(embedder: Embedder): Embedder {
  const vectors = new Map<string, Float32Array>();
  const keyOf = (text: string, role: string) => `${role}\0${text}`;
  return {
    maxBatch: embedder.maxBatch,
    describe: (signal) => embedder.describe(signal),
    loadTokenizer: (signal) => embedder.loadTokenizer(signal),
    async embed(texts, role, signal) {
      const missing = [...new Set(texts.filter((text) => !vectors.has(keyOf(text, role))))];
      if (missing.length > 0) {
        const made = await embedder.embed(missing, role, signal);
        for (const [at, text] of missing.entries()) vectors.set(keyOf(text, role), made[at] ?? new Float32Array());
      }
      return texts.map((text) => vectors.get(keyOf(text, role)) ?? new Float32Array());
    },
    [Symbol.asyncDispose]: () => embedder[Symbol.asyncDispose](),
  };
}

/** For an app that closes all it was given: the run goes on with it. */
export function lend(embedder: Embedder): Embedder {
  return { ...embedder, [Symbol.asyncDispose]: async () => {} };
}
