import { describeOutbox } from '../adapters/outbox.contract.ts';
import { createMemoryOutbox } from './memory-outbox.ts';

describeOutbox('memory', async () => createMemoryOutbox());
