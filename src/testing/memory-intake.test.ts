import { describeIntakeIdentity } from '../adapters/intake-identity.contract.ts';
import { describeIntakeOutages } from '../adapters/intake-outages.contract.ts';
import { describeIntakeSilence } from '../adapters/intake-silence.contract.ts';
import { describeAcceptance } from '../adapters/intake-store.contract.ts';
import { describeIntakeWork } from '../adapters/intake-work.contract.ts';
import { createMemoryCasebook } from './memory-casebook.ts';
import { createMemoryIntake } from './memory-intake.ts';

const open = async () => {
  const casebook = createMemoryCasebook();
  return { store: createMemoryIntake(casebook), casebook };
};

describeAcceptance('memory', open);
describeIntakeIdentity('memory', open);
describeIntakeWork('memory', open);
describeIntakeOutages('memory', open);
describeIntakeSilence('memory', open);
