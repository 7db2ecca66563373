import { describeAccessStore } from '../adapters/access-store.contract.ts';
import { createMemoryAccess } from './memory-access.ts';

describeAccessStore('memory', async () => createMemoryAccess());
