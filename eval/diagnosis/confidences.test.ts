import { describe, expect, it } from 'vitest';
import { buildCalibration, buildTargetCalibration } from '../../src/testing/calibration-builder.ts';
import { buildDiagnosis } from '../../src/testing/diagnosis-builder.ts';
import type { AnsweredDigest } from './answers.ts';
import { isCalledUnseen, judgeKnown } from './answers.ts';
import { countDecisions, countRight, judgeWays } from './confidences.ts';
import { judgeStated } from './judge-chances.ts';
import { renderConfidence } from './render-confidence.ts';

const calibration = buildCalibration({ targets: { service: buildTargetCalibration(), category: null, both: null } });

/** `says` is named at `db`; the truth is the disk of `db`. */
function answer(says: string, sure: number | null, decision: 'act' | 'suggest' | 'abstain'): AnsweredDigest {
  const { confidence, ...rest } = buildDiagnosis();
  const chances = { calibrated: sure, service: sure, category: sure };
  const hypotheses = [{ service: 'db', category: says, summary: '', support: 1, citations: [], check: null }];
  const scores = { service: 0.5, category: 0.5, both: 0.5 };
  return {
    row: { root_cause_service: 'db', fault_type: 'disk' },
    diagnosis: { ...rest, hypotheses, confidence: { ...confidence, ...chances, scores, decision } },
    calibration,
  };
}

const answers = [answer('disk', 0.9, 'act'), answer('disk', 0.8, 'suggest'), answer('leak', 0.2, 'abstain')];

describe('confidence on new incidents', () => {
  it('is judged for each target, by each way of stating it', async () => {
    const rows = await judgeWays(answers);
    const find = (target: string, way: string) => rows.find((row) => row.target === target && row.way === way)?.judged;
    expect(find('category', 'calibrated')).toMatchObject({ n: 3, auroc: 1, baseRate: 2 / 3 });
    expect(find('both', 'raw score')).toMatchObject({ auroc: 0.5, meanConfidence: 0.5 });
    expect(find('service', 'base rate')).toMatchObject({ meanConfidence: 0.6, auroc: null });
  });

  it('says nothing of what nothing was stated of', async () => {
    const rows = await judgeWays([answer('disk', null, 'suggest')]);
    expect(rows.filter(({ judged }) => judged === null).map(({ target, way }) => `${target} by ${way}`)).toEqual(
      expect.arrayContaining(['both by calibrated', 'both by base rate', 'service by vote share']),
    );
  });

  it('has its precision where the surer half is answered, equals together', async () => {
    const stated = [0.9, 0.6, 0.6, 0.1].map((score, at) => ({ score, isRight: at < 2 }));
    expect((await judgeStated(stated))?.atHalf).toEqual({ coverage: 0.75, precision: expect.closeTo(2 / 3) });
    expect(await judgeStated([])).toBeNull();
  });
});

it('decisions are counted with how often each was right', () => {
  expect(countRight(answers)).toMatchObject({ service: { value: 1 }, category: { value: 2 / 3 }, both: { n: 3 } });
  const rows = countDecisions(answers);
  expect(rows.map(({ decision, share, right }) => [decision, share.value, right.both.value])).toEqual([
    ['act', 1 / 3, 1],
    ['suggest', 1 / 3, 1],
    ['abstain', 1 / 3, 0],
  ]);
});

it('what is called unseen is wrong, and the lead below it is judged beside it', () => {
  const [lead] = answers;
  if (!lead) throw new Error('there are answers');
  const [known] = lead.diagnosis.hypotheses;
  const unseen = { service: 'db', category: 'unseen', summary: '', support: 0, citations: [], check: null };
  const called = { ...lead, diagnosis: { ...lead.diagnosis, hypotheses: [unseen, ...(known ? [known] : [])] } };
  expect([isCalledUnseen(lead), isCalledUnseen(called)]).toEqual([false, true]);
  expect(countRight([called])).toMatchObject({ service: { value: 1 }, category: { value: 0 } });
  expect(countRight([called], judgeKnown)).toMatchObject({ category: { value: 1 }, both: { value: 1 } });
});

it('a calibrated confidence that misses a bar is marked, and a baseline is not', async () => {
  const weak = [0.6, 0.7, 0.8, 0.9].map((score, at) => ({ score, isRight: at % 2 === 0 }));
  const judged = await judgeStated(weak);
  const [marked = '', plain = ''] = renderConfidence([
    { target: 'service', way: 'calibrated', judged },
    { target: 'service', way: 'vote share', judged },
  ])
    .split('\n')
    .slice(2);
  expect(marked).toContain('| .250 ✗ |');
  expect(plain).not.toContain('✗');
});
