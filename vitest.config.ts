import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{src,ingest,eval,scripts}/**/*.test.ts'],
    // The default leaves a core to somebody who edits meanwhile; waiting for servers and processes leaves enough.
    maxWorkers: '100%',
    // Real servers, child processes and models start inside some tests; two cores share them.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: { include: ['src/**', 'ingest/**', 'eval/**'], exclude: ['**/*.test.ts', 'src/testing/**'] },
  },
});
