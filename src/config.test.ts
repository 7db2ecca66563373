import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR, readConfig, Settings } from './config.ts';
import { PrecedentError } from './domain/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NO_FILE = join(folder, 'absent.yaml');

describe('configuration', () => {
  it('needs nothing: every setting has a safe default', () => {
    const { config, secrets } = readConfig({}, NO_FILE);
    expect(config).toMatchObject({ knowledgeDir: PROJECT_DIR, dataDir: '.precedent', host: '127.0.0.1', port: 8787 });
    expect(config.llm).toBeUndefined();
    expect(secrets.apiTokens).toEqual([]);
  });

  it('reports every mistake at once', () => {
    const mistakes = {
      HOST: '0.0.0.0',
      PORT: 'eighty',
      CHROMA_URL: 'chroma:8000',
      LOG_LEVEL: 'loud',
      LLM_TIMEOUT_MS: '-1',
    };
    const error = thrownBy(() => readConfig(mistakes, NO_FILE));
    expect(error.problems.map(({ path }) => path).sort()).toEqual([
      'CHROMA_URL',
      'HOST',
      'LLM_TIMEOUT_MS',
      'LOG_LEVEL',
      'PORT',
    ]);
  });

  it('says the range of a number that is out of it', () => {
    expect(thrownBy(() => readConfig({ PORT: '99999' }, NO_FILE)).problems[0]?.message).toBe('must be from 0 to 65535');
  });

  it.each(['0.0.0.0', '10.0.0.7', 'precedent.example'])('refuses to listen on %s without tokens', (HOST) => {
    expect(thrownBy(() => readConfig({ HOST }, NO_FILE)).message).toContain('set API_TOKENS');
    expect(readConfig({ HOST, API_TOKENS: 'one, two' }, NO_FILE).secrets.apiTokens).toEqual(['one', 'two']);
  });

  it.each([
    [{ LLM_BASE_URL: 'http://127.0.0.1:11434/v1' }, 'LLM_MODEL'],
    [{ LLM_MODEL: 'llama3' }, 'LLM_BASE_URL'],
  ])('wants both halves of an LLM: %j lacks %s', (env, missing) => {
    expect(thrownBy(() => readConfig(env, NO_FILE)).problems).toEqual([expect.objectContaining({ path: missing })]);
  });

  it('reranks only when a model is named, and reads twenty unless told otherwise', () => {
    expect(readConfig({ RERANKER_DEPTH: '5' }, NO_FILE).config.reranker).toBeUndefined();
    const named = { RERANKER_MODEL: 'someone/some-reranker' };
    expect(readConfig(named, NO_FILE).config.reranker).toEqual({ model: 'someone/some-reranker', depth: 20 });
    expect(readConfig({ ...named, RERANKER_DEPTH: '5' }, NO_FILE).config.reranker?.depth).toBe(5);
  });

  it.each(['1', '51', 'all'])('refuses to rerank %s documents', (RERANKER_DEPTH) => {
    const [problem] = thrownBy(() => readConfig({ RERANKER_DEPTH }, NO_FILE)).problems;
    expect(problem?.path).toBe('RERANKER_DEPTH');
  });

  it('asks for traces only where a store of them is named, five minutes each unless told otherwise', () => {
    expect(readConfig({ TRACES_API: 'tempo', TRACES_LIMIT: '5' }, NO_FILE).config.traces).toBeUndefined();
    const named = { TRACES_URL: 'https://tempo.example.com/prefix', TRACES_API: 'tempo', TRACES_TENANT: 'team-a' };
    expect(readConfig(named, NO_FILE).config.traces).toEqual({
      api: 'tempo',
      url: 'https://tempo.example.com/prefix',
      tenant: 'team-a',
      windowSeconds: 300,
      baselineGapSeconds: 600,
      limit: 200,
      timeoutMs: 4_000,
    });
  });

  it.each([
    ['TRACES_URL', 'jaeger:16686', 'http'],
    ['TRACES_URL', 'https://reader:canary@tempo.example.com', 'set TRACES_TOKEN'],
    ['TRACES_API', 'zipkin', 'jaeger or tempo'],
    ['TRACES_TENANT', 'two words', 'one word'],
    ['TRACES_TOKEN', 'two canaries', 'bearer token or user:password'],
    ['TRACES_TOKEN', 'Bearer\ncanary', 'bearer token or user:password'],
    ['TRACES_WINDOW_SECONDS', '1', 'from 10 to'],
  ])('refuses %s=%j without repeating it', (name, value, message) => {
    const error = thrownBy(() => readConfig({ [name]: value }, NO_FILE));
    expect(error.problems[0]).toEqual({ path: name, message: expect.stringContaining(message) });
    expect(error.message).not.toContain('canar');
  });

  it('treats an empty value as not set, as a copied .env.example has them', () => {
    expect(readConfig({ CHROMA_URL: '', PORT: '' }, NO_FILE).config.port).toBe(8787);
  });

  it('treats blanks and YAML’s null as not set', () => {
    const file = join(folder, 'empty.yaml');
    writeFileSync(file, 'PORT:\nLOG_LEVEL: " "\nHOST: null\n');
    const { config } = readConfig({ PORT: ' ', MAX_BODY_BYTES: '\t' }, file);
    expect(config).toMatchObject({ port: 8787, logLevel: 'info', host: '127.0.0.1', maxBodyBytes: 16_777_216 });
  });

  it('takes precedent.yaml below the environment', () => {
    const file = join(folder, 'precedent.yaml');
    writeFileSync(file, 'PORT: 9000\nLOG_LEVEL: debug\n');
    const { config } = readConfig({ PORT: '9001' }, file);
    expect(config).toMatchObject({ port: 9001, logLevel: 'debug' });
  });

  it.each([
    ['PROT: 9000', 'is not a setting'],
    ['- a list', 'cannot be read'],
    ['PORT: [', 'cannot be read'],
  ])('names what is wrong in precedent.yaml: %s', (content, message) => {
    const file = join(folder, `wrong-${message.length}-${content.length}.yaml`);
    writeFileSync(file, content);
    const [problem] = thrownBy(() => readConfig({}, file)).problems;
    expect(problem?.message).toContain(message);
    expect(problem?.path).toContain(file);
  });

  it('keeps secrets out of what may be shown', () => {
    const env = { LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: 'm', LLM_API_KEY: 'canary', API_TOKENS: 'canary' };
    Object.assign(env, { TRACES_URL: 'http://127.0.0.1:1', TRACES_TOKEN: 'user:canary' });
    expect(JSON.stringify(readConfig(env, NO_FILE).config)).not.toContain('canary');
  });

  it('is all in .env.example', () => {
    const example = readFileSync(join(PROJECT_DIR, '.env.example'), 'utf8');
    const names = [...example.matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual(Object.keys(Settings.shape).sort());
    expect(example).toContain(`\nMAX_BODY_BYTES=${readConfig({}, NO_FILE).config.maxBodyBytes}\n`);
  });
});

function thrownBy(run: () => unknown): PrecedentError {
  try {
    run();
  } catch (error) {
    if (error instanceof PrecedentError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
