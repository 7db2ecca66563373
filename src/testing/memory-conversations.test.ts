import { describeConversationStore } from '../adapters/conversation-store.contract.ts';
import { createMemoryConversations } from './memory-conversations.ts';

describeConversationStore('memory', async () => createMemoryConversations());
