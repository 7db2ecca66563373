#!/usr/bin/env node
// Runs the TypeScript sources as they are: nothing to build, nothing to be stale (docs/adr/0003-run-from-source.md).
import { register } from 'tsx/esm/api';

register();
const { main } = await import('../src/main.ts');
process.exitCode = await main(process.argv.slice(2), process.env);
