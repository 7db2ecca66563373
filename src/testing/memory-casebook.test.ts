import { describeCasebook } from '../adapters/casebook.contract.ts';
import { createMemoryCasebook } from './memory-casebook.ts';

describeCasebook('memory', async () => createMemoryCasebook());
