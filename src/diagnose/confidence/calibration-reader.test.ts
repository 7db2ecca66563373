import { describe, expect, it } from 'vitest';
import type { Calibration } from '../../domain/calibration.ts';
import type { EngineName } from '../../domain/engine.ts';
import { buildCalibration } from '../../testing/calibration-builder.ts';
import { createCalibrationReader } from './calibration-reader.ts';

const RISKS = { act: 0.1, suggest: 0.5 };

function openReader(find: (engine: EngineName) => Promise<Calibration | undefined>) {
  const clock = { ms: 0 };
  const failures: unknown[] = [];
  const asked: EngineName[] = [];
  const reader = createCalibrationReader({
    store: {
      findCalibration: (engine) => {
        asked.push(engine);
        return find(engine);
      },
    },
    risks: RISKS,
    elapsed: () => clock.ms,
    onFailure: (error) => failures.push(error),
  });
  return { reader, clock, failures, asked };
}

describe('the calibration in use', () => {
  it('is read once for many diagnoses, and again after half a minute', async () => {
    const { reader, clock, asked } = openReader(async () => buildCalibration());
    for (let at = 0; at < 10; at++) expect((await reader.current('precedent'))?.calibration.id).toBe('first');
    expect(asked).toEqual(['precedent']);
    clock.ms = 30_000;
    await reader.current('precedent');
    expect(asked).toHaveLength(2);
  });

  it('is the new one at once when one was saved here', async () => {
    let saved = buildCalibration();
    const { reader } = openReader(async () => saved);
    await reader.current('precedent');
    saved = buildCalibration({ id: 'second' });
    reader.expire();
    expect((await reader.current('precedent'))?.calibration.id).toBe('second');
  });

  it('is each engine’s own', async () => {
    const { reader } = openReader(async (engine) => (engine === 'llm' ? undefined : buildCalibration()));
    expect(await reader.current('llm')).toBeUndefined();
    expect(await reader.current('precedent')).toBeDefined();
  });

  it('stays as it was known while the casebook is away, and that is told once', async () => {
    let isAway = false;
    const { reader, clock, failures } = openReader(async () => {
      if (isAway) throw new Error('away');
      return buildCalibration();
    });
    await reader.current('precedent');
    isAway = true;
    for (clock.ms = 30_000; clock.ms < 200_000; clock.ms += 30_000) {
      expect((await reader.current('precedent'))?.calibration.id).toBe('first');
    }
    expect(failures).toHaveLength(1);
  });

  it('is not waited for when the casebook hangs', async () => {
    const { reader } = openReader(() => new Promise(() => {}));
    expect(await reader.current('precedent')).toBeUndefined();
  });
});
