import { describeSnapshotStore } from '../adapters/snapshot-store.contract.ts';
import { createMemorySnapshots } from './memory-snapshots.ts';

describeSnapshotStore('memory', async () => createMemorySnapshots());
