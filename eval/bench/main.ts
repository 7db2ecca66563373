/** `npm run bench -- <name> [options]`: measures, and prints tables for the documents that quote them. */
const BENCHES: Readonly<Record<string, () => Promise<unknown>>> = {
  ingest: () => import('./ingest.ts'),
  'hnsw-recall': () => import('./hnsw-recall.ts'),
  search: () => import('./search.ts'),
  diagnosis: () => import('./diagnosis.ts'),
  traces: () => import('./traces.ts'),
  storm: () => import('./storm.ts'),
};

const [name = ''] = process.argv.splice(2, 1);
const run = BENCHES[name];
if (run) await run();
else {
  process.stderr.write(`which bench? One of: ${Object.keys(BENCHES).join(', ')}\n`);
  process.exitCode = 2;
}
