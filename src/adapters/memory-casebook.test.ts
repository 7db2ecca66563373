import { describeCasebook } from './casebook.contract.ts';
import { createMemoryCasebook } from './memory-casebook.ts';

describeCasebook('memory', async () => createMemoryCasebook());
