import { Command } from 'commander';
import { messageOf } from '../src/domain/errors.ts';
import { addAsk } from './commands/ask.ts';
import { addCheck } from './commands/check.ts';
import { addDataMeasurement, type EvalContext } from './commands/command.ts';
import { addDecay } from './commands/decay.ts';
import { addDiagnosis } from './commands/diagnosis.ts';
import { addKnowledge } from './commands/knowledge.ts';
import { addQuestions } from './commands/questions.ts';
import { addRelevance } from './commands/relevance.ts';
import { addRetrieval } from './commands/retrieval.ts';
import { addTraces } from './commands/traces.ts';
import { addUnseen } from './commands/unseen.ts';
import { readRetrievalData } from './datasets.ts';
import { digestFile, measureDigests } from './digests.ts';
import { measureFusion } from './fusion.ts';
import { renderDigests, renderFusion } from './markdown.ts';

/** `npm run eval -- <command>`; returns the exit code. */
export async function main(args: readonly string[], context: EvalContext): Promise<number> {
  const program = new Command('eval').description('Measures Precedent on data with ground truth. Markdown on stdout.');
  const commands = [
    addAsk,
    addRetrieval,
    addKnowledge,
    addQuestions,
    addTraces,
    addDiagnosis,
    addCheck,
    addDecay,
    addRelevance,
    addUnseen,
  ];
  for (const add of commands) add(program, context);
  addMeasurements(program, context);
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    context.note(`${messageOf(error)}\n`);
    return 1;
  }
}

/** Measurements on data sets alone, without options of their own. */
function addMeasurements(program: Command, context: EvalContext): void {
  const fusion = { name: 'fusion', description: 'the weight of the dense leg, leaving one set out at a time' };
  addDataMeasurement(program, context, fusion, async (data) => {
    const report = await measureFusion(readRetrievalData(data));
    return { markdown: renderFusion(report), report };
  });
  const digests = { name: 'digests', description: 'anomalies without words: does a precedent name the culprit?' };
  addDataMeasurement(program, context, { ...digests, folders: ['incident-digests'] }, async (data) => {
    const report = await measureDigests(digestFile(data));
    return { markdown: renderDigests(report), report };
  });
}
