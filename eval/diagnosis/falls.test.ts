import { describe, expect, it } from 'vitest';
import type { RootCause } from '../../src/domain/diagnosis.ts';
import { DiagnosisRequest } from '../../src/domain/request.ts';
import { buildEvidence, rankIncident } from '../../src/testing/evidence-builder.ts';
import { buildIncident } from '../../src/testing/knowledge-builder.ts';
import { countFalls, listFalls } from './falls.ts';
import type { Look } from './scene.ts';

const idsOf = (kind: string) => Array.from({ length: 6 }, (_, at) => `${kind}-${at}`);
const KNOWN = [...idsOf('disk'), ...idsOf('leak')];

function ask(category: string) {
  const question = DiagnosisRequest.parse({ alert: { labels: { alertname: category } } });
  return { question, known: KNOWN };
}

/** Those of its own kind are near; of what is left without them, all that is left is `rest` near. */
function look(category: string, withheld: readonly string[] | undefined, rest: number): Look {
  const own = withheld === undefined ? idsOf(category) : KNOWN.filter((id) => !withheld.includes(id));
  const precedents = own.map((id) => {
    const [kind = ''] = id.split('-');
    const rootCause = { service: kind, summary: '' };
    return rankIncident(buildIncident({ id, category: kind, rootCause }), kind === category ? 0.9 : rest);
  });
  const named: RootCause = { service: category, category, summary: '' };
  const hypotheses = [{ ...named, support: 0.9, citations: [], check: null }];
  return {
    evidence: buildEvidence({ precedents }),
    answerable: { score: withheld === undefined ? 0.9 : rest, reason: '' },
    prediction: { engine: 'precedent', rootCause: named, hypotheses, mitigation: [] },
  };
}

function openStub(rest: number) {
  const withheld: (readonly string[])[] = [];
  const scene = {
    look: async (question: Parameters<Parameters<typeof listFalls>[1]['look']>[0]) => {
      if (question.withheld) withheld.push(question.withheld);
      return look(question.alert?.labels.alertname ?? '', question.withheld, rest);
    },
  };
  return { scene, withheld };
}

describe('spoilt evidence', () => {
  it('puts the neighbours of another question in place of its own, as near as they are', async () => {
    const { scene, withheld } = openStub(0.1);
    const flags = await listFalls([ask('disk'), ask('leak')], scene);
    expect(withheld).toEqual([idsOf('disk'), idsOf('leak')]);
    expect(flags).toEqual({ neighbours: [true, true], candidate: [true, true], rival: [] });
  });

  it('sees when scores do not fall', async () => {
    const flags = await listFalls([ask('disk'), ask('leak')], openStub(0.95).scene);
    expect(countFalls([flags]).neighbours).toMatchObject({ n: 2, value: 0 });
  });

  it('leaves out what nothing can be swapped into', async () => {
    const flags = await listFalls([ask('disk'), ask('disk')], openStub(0.1).scene);
    expect(flags).toEqual({ neighbours: [], candidate: [], rival: [] });
    expect(countFalls([flags]).candidate.value).toBeNull();
  });
});
