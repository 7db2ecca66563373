import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHashEmbedder } from '../../src/testing/hash-embedder.ts';
import type { DigestCase } from '../digest-cases.ts';
import { openOwnKnowledge } from '../knowledge/own-knowledge.ts';
import { main } from '../main.ts';
import { createMemoEmbedder } from '../memo-embedder.ts';
import { type DigestSystem, measureSystem } from './digests.ts';
import { measureOwn } from './own.ts';
import { renderDiagnosis } from './render.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'precedent-eval-diagnosis-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const quiet = { note: () => {} };
const SERVICES = ['checkout', 'orders', 'db'];
const CATEGORIES = ['disk', 'leak'];

/** Each kind has its metric and each service its log, but every fifth looks like another service's. */
function digest(at: number): DigestCase {
  const service = SERVICES[at % 3] ?? '';
  const shown = at % 5 === 0 ? (SERVICES[(at + 1) % 3] ?? '') : service;
  const category = CATEGORIES[at % 2] ?? '';
  return {
    ...{ id: `case-${at}`, system: 'shop', split: 'train', root_cause_service: service, fault_type: category },
    trace_anomalies: [],
    metric_anomalies: [{ instance: shown, metric: category, direction: 'up' }],
    log_templates: [{ instance: shown, template: `line_${at % 7}` }],
  };
}

async function measure(sizes: { past: number; asked: number; rounds: number }, quick: boolean): Promise<DigestSystem> {
  await using embedder = createMemoEmbedder(createHashEmbedder());
  const past = Array.from({ length: sizes.past }, (_, at) => digest(at));
  const asked = Array.from({ length: sizes.asked }, (_, at) => digest(100 + at));
  const protocol = {
    system: 'shop',
    name: 'made up',
    rounds: Array.from({ length: sizes.rounds }, () => ({ past, asked })),
  };
  return measureSystem(protocol, { embedder, quick, ...quiet });
}

describe('a system of digests', () => {
  it('is calibrated by a backtest of the past, and judged on what is new', async () => {
    const system = await measure({ past: 42, asked: 10, rounds: 1 }, false);
    expect(system).toMatchObject({ rounds: 1, past: 42, right: { both: { n: 10 } } });
    const judged = system.confidence.find(({ target, way }) => target === 'service' && way === 'calibrated')?.judged;
    expect(judged).toMatchObject({ n: 10 });
    expect(system.decisions.reduce((sum, { share }) => sum + (share.value ?? 0), 0)).toBeCloseTo(1);
    expect(system.citations.whole).toMatchObject({ n: 10, value: 1 });
    expect(system.citations.citations).toBeGreaterThan(10);
    expect(system.falls.candidate.value).toBeGreaterThan(0.5);
  });

  it('that is asked in many rounds is asked in three when time is short', async () => {
    const system = await measure({ past: 8, asked: 2, rounds: 4 }, true);
    expect(system).toMatchObject({ rounds: 3, right: { service: { n: 6 } } });
  });
});

const postmortem = (date: string, service: string, category: string, symptom: string) =>
  `---\ndate: ${date}\ncategory: ${category}\nrootCause: {service: ${service}, summary: something was wrong}\n---\n# It broke\n\n## Summary\n\n${symptom}\n\n## Mitigation\n\n1. Restart **${service}**.\n`;

function writeOwn(count: number): void {
  for (let at = 0; at < count; at++) {
    const [service = '', category = ''] = [SERVICES[at % 3], CATEGORIES[at % 2]];
    const date = `2026-${String(1 + Math.floor(at / 2)).padStart(2, '0')}-${String(1 + at).padStart(2, '0')}`;
    const symptom = `Customers of ${service} saw ${category === 'disk' ? 'errors on every write' : 'slow answers all day'} number ${at}.`;
    write(`incidents/${date}-i.md`, postmortem(date, service, category, symptom));
  }
  write('runbooks/db/Full.md', '---\nalerts: [DiskFull]\n---\n# Full\n\n## Mitigation\n\n1. Free some space.\n');
}

describe('own knowledge', () => {
  it('is asked as of each incident’s day, shows nothing later, and cites what is there', async () => {
    writeOwn(16);
    await using embedder = createMemoEmbedder(createHashEmbedder());
    await using knowledge = await openOwnKnowledge({ env: {}, folder }, embedder);
    const own = await measureOwn(knowledge, { embedder, ...quiet });
    expect(own).toMatchObject({ incidents: 16, asked: 11, found: { service: { top1: { n: 11 } } } });
    expect(own.asOf.tight).toMatchObject({ n: 22, value: 1 });
    expect(own.asOf.faults).toEqual([]);
    expect(own.asOf.quotes).toBeGreaterThan(0);
    expect(own.alerts.whole).toMatchObject({ n: 1, value: 1 });
    expect(renderDiagnosis({ systems: 'skipped: none', own })).toContain('| service | 11 | ');
  });

  it('without an incident that can be asked about says so', async () => {
    writeOwn(1);
    const said: string[] = [];
    const write = (text: string) => {
      said.push(text);
    };
    expect(await main(['diagnosis', '--data', folder, '--knowledge', folder], { env: {}, write, ...quiet })).toBe(0);
    expect(said.join('')).toContain('skipped: no evaluation data at');
    expect(said.join('')).toContain('No incident can be asked about');
    expect(said.join('')).not.toMatch(/NaN|undefined/);
  });
});
