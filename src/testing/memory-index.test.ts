import { describeKnowledgeIndex } from '../adapters/knowledge-index.contract.ts';
import { createMemoryIndex } from './memory-index.ts';

describeKnowledgeIndex('memory index', async () => createMemoryIndex());
