import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import { BacktestReport } from '../../domain/backtest.ts';
import type { EngineName } from '../../domain/engine.ts';
import { buildReport } from '../../testing/backtest-builder.ts';
import { readProblem, serve } from '../__fixtures__/serve.ts';
import { addCalibrationReportRoute } from './calibration-report.ts';

const judged = {
  target: 'both' as const,
  split: 'later' as const,
  n: 1,
  quality: {
    ...{ brier: 0.1, brierSkill: null, ece: 0.05, auroc: null, baseRate: 1 },
    eceInterval: [0, 0.1] as [number, number],
    eceNull: { median: 0.06, p95: 0.12 },
  },
  bins: [{ from: 0.9, to: 0.9, n: 1, confidence: 0.9, accuracy: 1 }],
  coverage: [{ coverage: 1, risk: 0, threshold: 0.9 }],
  thresholds: { act: null, suggest: 0.9 },
  cases: [{ score: 0.9, isRight: true }],
};
const REPORT = buildReport('run-1', { confidence: [judged] });

function open(reports: Partial<Record<EngineName, BacktestReport>> = { precedent: REPORT }) {
  const api = new OpenAPIHono();
  const findReport = async (engine: EngineName) => reports[engine];
  const run = () => Promise.reject(new Error('a report never runs a backtest'));
  addCalibrationReportRoute(api, { backtester: { findReport, run } });
  return (query = '', headers: Record<string, string> = {}) =>
    api.request(`/v1/reports/calibration${query}`, { headers });
}

const typeOf = (response: Response) => response.headers.get('content-type');

describe('GET /v1/reports/calibration', () => {
  it('answers with the newest report', async () => {
    const response = await open()();
    expect(response.status).toBe(200);
    expect(BacktestReport.parse(await response.json())).toEqual(REPORT);
  });

  it('leaves the cases out for whoever does not want them', async () => {
    const short = BacktestReport.parse(await (await open()('?cases=false')).json());
    expect(short).toEqual({ ...REPORT, cases: [], confidence: [{ ...judged, cases: [] }] });
  });

  it.each([
    ['', 'text/html,application/xhtml+xml,*/*;q=0.8', 'text/html'],
    ['', 'text/markdown', 'text/markdown'],
    ['', 'application/json', 'application/json'],
    ['', '*/*', 'application/json'],
    ['', 'image/png', 'application/json'],
    ['', 'text/html;q=0.1, application/json', 'application/json'],
    ['?format=html', '*/*', 'text/html'],
    ['?format=markdown', 'text/html', 'text/markdown'],
    ['?format=json', 'text/html', 'application/json'],
  ])('speaks what is asked for: %j with Accept %s is %s', async (query, accept, type) => {
    const response = await open()(query, { accept });
    expect(typeOf(response)).toContain(type);
    expect(response.headers.get('vary')).toBe('Accept');
    const text = await response.text();
    expect(text.startsWith({ 'text/html': '<!doctype html>', 'text/markdown': '# ' }[type] ?? '{')).toBe(true);
  });

  it('lets the page run nothing and fetch nothing', async () => {
    const policy = (await open()('?format=html')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
  });

  it('does not send again what is known, until something of it changes', async () => {
    const tag = (await open()()).headers.get('etag') ?? '';
    expect(tag).toMatch(/^W\/".+"$/);
    const known = { 'if-none-match': tag };
    const again = await open()('', known);
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', tag]);
    expect((await open()('?format=html', known)).status).toBe(200);
    expect((await open()('?cases=false', known)).status).toBe(200);
    expect((await open({ precedent: { ...REPORT, isStale: true } })('', known)).status).toBe(200);
    expect((await open({ precedent: { ...REPORT, id: 'run-2' } })('', known)).status).toBe(200);
  });

  it('is of the engine that is asked for', async () => {
    const ask = open({ precedent: REPORT, llm: { ...REPORT, id: 'run-llm', engine: 'llm' } });
    expect(await (await ask('?engine=llm')).json()).toMatchObject({ id: 'run-llm' });
  });
});

describe('over HTTP', () => {
  it('says what to run where nothing was judged yet, and which parameter is wrong', async () => {
    await using served = await serve();
    const ask = (query: string) => fetch(`${served.url}/v1/reports/calibration${query}`);
    const none = await readProblem(await ask(''));
    expect(none).toMatchObject({ status: 404, type: 'urn:precedent:problem:not-found' });
    expect(none['detail']).toContain('run precedent backtest');
    expect((await readProblem(await ask('?engine=llm')))['detail']).toContain('--engine llm');
    for (const [query, path] of [
      ['?engine=oracle', 'engine'],
      ['?format=pdf', 'format'],
      ['?cases=2', 'cases'],
    ] as const) {
      expect(await readProblem(await ask(query))).toMatchObject({ status: 400, errors: [{ path }] });
    }
  });
});
