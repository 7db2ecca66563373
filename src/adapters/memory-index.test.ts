import { describeKnowledgeIndex } from './knowledge-index.contract.ts';
import { createMemoryIndex } from './memory-index.ts';

describeKnowledgeIndex('memory index', async () => createMemoryIndex());
