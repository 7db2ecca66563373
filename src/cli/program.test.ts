import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR } from '../config.ts';
import { runCommand } from './__fixtures__/run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const EXAMPLES = join(PROJECT_DIR, 'examples');

function precedent(args: string[], env: NodeJS.ProcessEnv = {}) {
  return runCommand(args, { DATA_DIR: folder, ...env });
}

describe('the command line', () => {
  it('names every command and every exit code in its help', async () => {
    const { code, out } = await precedent(['--help']);
    expect(code).toBe(0);
    for (const command of ['serve', 'ingest', 'search', 'diagnose', 'digest', 'demo', 'doctor'])
      expect(out).toContain(command);
    expect(out).toContain('Exit codes');
  });

  it.each([
    [['frobnicate'], 'unknown command'],
    [['search'], 'missing required argument'],
    [['search', 'x', '-k', 'many'], 'must be a whole number'],
    [['search', 'x', '--kind', 'poem'], 'Allowed choices'],
    [['digest'], '--incident'],
  ])('calls bad usage bad input: %j', async (args, message) => {
    const { code, notes } = await precedent(args);
    expect(code).toBe(2);
    expect(notes).toContain(message);
  });

  it('reports every mistake of the configuration before anything starts', async () => {
    const { code, notes } = await precedent(['doctor'], { PORT: '-1', CHROMA_URL: 'nowhere' });
    expect(code).toBe(2);
    expect(notes).toContain('PORT');
    expect(notes).toContain('CHROMA_URL');
  });

  it.each([
    ['{"labels":', 'is not JSON'],
    ['[]', 'alert'],
    ['{"labels":{}}', 'at least one label or annotation'],
    ['{"labels":{"a":{}}}', 'alert.labels.a'],
  ])('says what is wrong with an alert file holding %s', async (content, message) => {
    const file = join(folder, `alert-${content.length}.json`);
    writeFileSync(file, content);
    const { code, notes } = await precedent(['diagnose', '--alert', file]);
    expect(code).toBe(2);
    expect(notes).toContain(message);
  });

  it('says which file is missing', async () => {
    const { code, notes } = await precedent(['digest', '--incident', join(folder, 'absent.json')]);
    expect(code).toBe(2);
    expect(notes).toContain('absent.json cannot be read: no such file\n');
  });

  it.each([
    ['digest', '--incident', folder],
    ['diagnose', '--alert', folder],
  ])('says that a folder is no file: %s %s', async (...args) => {
    const { code, notes } = await precedent(args);
    expect(code).toBe(2);
    expect(notes).toContain(`${folder} cannot be read: it is a folder, not a file\n`);
  });

  it.each(['digest', 'diagnose'])('says in the help of %s which traces it reads', async (command) => {
    const { out } = await precedent([command, '--help']);
    for (const word of ['Jaeger', 'OTLP', 'Tempo', 'Zipkin', 'JSON Lines', 'gzip', 'zstd', 'standard input'])
      expect(out).toContain(word);
    expect(out.includes('TRACES_URL')).toBe(command === 'diagnose');
  });

  it('digests two trace files without any knowledge', async () => {
    const windows = [
      '--baseline',
      join(EXAMPLES, 'traces/normal.json'),
      '--incident',
      join(EXAMPLES, 'traces/spiked.json'),
    ];
    const { code, out } = await precedent(['digest', ...windows, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).suspects[0]).toMatchObject({ service: 'pre-processor' });
  });

  it('ingests, and the second time finds nothing to do', async () => {
    const first = JSON.parse((await precedent(['ingest', '--json'])).out);
    const second = JSON.parse((await precedent(['ingest', '--json'])).out);
    expect(first).toMatchObject({ published: true });
    expect(second).toMatchObject({ published: false, embedded: 0, generation: first.generation });
  });

  it('answers what we did last time', async () => {
    const { code, out } = await precedent(['search', 'pre-processor', 'slow', 'under', 'load', '--json']);
    expect(code).toBe(0);
    const { results } = JSON.parse(out);
    expect(results).toHaveLength(5);
    expect(results.map(({ source }: { source: { path: string } }) => source.path).join(' ')).toContain('pre-processor');
  });

  it('diagnoses an alert with its traces in words that cite their lines', async () => {
    const { code, out } = await precedent([
      'diagnose',
      ...['--alert', join(EXAMPLES, 'alerts/pre-processor-latency.json')],
      ...['--baseline', join(EXAMPLES, 'traces/normal.json')],
      ...['--incident', join(EXAMPLES, 'traces/spiked.json')],
    ]);
    expect(code).toBe(0);
    expect(out).toContain('load-spike at pre-processor');
    expect(out).toMatch(/incidents\/\d{4}\/[\w-]+\.md:\d+/);
    expect(out).toContain('uncalibrated: no backtest is known');
  });

  it('has an exit code for the honest answer "no precedent"', async () => {
    const { code, out } = await precedent([
      'diagnose',
      '--alert',
      join(EXAMPLES, 'alerts/unknown-disk-firmware.json'),
      '--json',
    ]);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({ kind: 'abstained', mitigation: [] });
  });

  it('says in words why a diagnosis has no traces', async () => {
    const alert = join(folder, 'no-service.json');
    writeFileSync(alert, JSON.stringify({ labels: { alertname: 'SomethingOdd' } }));
    const store = { TRACES_URL: 'http://127.0.0.1:9' };
    const { out } = await precedent(['diagnose', '--alert', alert], store);
    expect(out).toContain('No traces: not asked for, the alert names no service');
  });

  it('checks its dependencies, each with a word on how it is', async () => {
    const { code, out } = await precedent(['doctor', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).checks.map(({ name }: { name: string }) => name)).toEqual([
      'embedder',
      'index',
      'casebook',
      'knowledge',
      'reranker',
      'traces',
      'llm',
    ]);
  });

  it('tells a missing dependency from bad input', async () => {
    const { code, out } = await precedent(['doctor'], { CHROMA_URL: 'http://127.0.0.1:9' });
    expect(code).toBe(3);
    expect(out).toContain('http://127.0.0.1:9');
  });
});
