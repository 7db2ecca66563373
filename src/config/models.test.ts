import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_DIR, readConfig } from '../config.ts';
import { isPrecedentError, type Problem } from '../domain/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'precedent-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, 'precedent.yaml');
  writeFileSync(file, yaml);
  return readConfig(env, file);
}

function problemsOf(yaml: string, env: NodeJS.ProcessEnv = {}): readonly Problem[] {
  try {
    read(yaml, env);
  } catch (error) {
    if (isPrecedentError(error, 'config-invalid')) return error.problems;
    throw error;
  }
  return [];
}

const ONE = '{ baseUrl: "http://127.0.0.1:11434/v1", model: small }';

describe('the LLM', () => {
  it('is none where nothing is said of one, or a list is empty', () => {
    expect(read('PORT: 9000').config.llm).toBeUndefined();
    expect(read('models: []').config.llm).toBeUndefined();
  });

  it('is one endpoint where LLM_BASE_URL and LLM_MODEL name it, and has all the time', () => {
    const env = { LLM_BASE_URL: 'http://127.0.0.1:11434/v1', LLM_MODEL: 'small', LLM_API_KEY: 'canary' };
    const { config, secrets } = read('PORT: 9000', env);
    expect(config.llm).toMatchObject({
      endpoints: [{ name: 'small', baseUrl: env.LLM_BASE_URL, model: 'small', timeoutMs: 30_000 }],
      order: 'in-order',
      hedgeMs: 0,
      budget: {},
      temperature: 0.2,
      timeoutMs: 30_000,
    });
    expect([...secrets.llmApiKeys]).toEqual([['small', 'canary']]);
  });
});

describe('the models of precedent.yaml', () => {
  const yaml = `
LLM_ORDER: weighted
LLM_HEDGE_MS: 4000
LLM_MAX_TOKENS_PER_DAY: 5000000
LLM_MAX_COST_PER_DAY: 12.5
models:
  - { baseUrl: "http://127.0.0.1:11434/v1", model: "llama3.1:8b", concurrency: 2 }
  - name: spare
    baseUrl: https://llm.example.com/v1
    model: large
    apiKeyEnv: SPARE_KEY
    temperature: 1
    timeoutMs: 20000
    weight: 0.5
    maxTokensPerDay: 100000
    maxCostPerDay: 3
    inputPrice: 2.5
    outputPrice: 10
`;

  it('are asked as they say, each within half of the time unless it says otherwise', () => {
    const { config } = read(yaml, { SPARE_KEY: ' canary ' });
    expect(config.llm).toMatchObject({
      order: 'weighted',
      hedgeMs: 4_000,
      budget: { maxTokens: 5_000_000, maxCost: 12.5 },
    });
    expect(config.llm?.endpoints).toEqual([
      { name: 'llama3.1:8b', model: 'llama3.1:8b', baseUrl: expect.any(String), concurrency: 2, timeoutMs: 15_000 },
      expect.objectContaining({ name: 'spare', timeoutMs: 20_000, weight: 0.5, maxCostPerDay: 3, temperature: 1 }),
    ]);
  });

  it('name the variables that hold their keys; the keys stay out of what may be shown', () => {
    const { config, secrets } = read(yaml, { SPARE_KEY: ' canary ' });
    expect([...secrets.llmApiKeys]).toEqual([['spare', 'canary']]);
    expect(JSON.stringify(config)).not.toContain('canary');
  });

  it.each([
    ['models: small', 'models', 'must be a list of mappings'],
    ['models: [small]', 'models', 'must be a list of mappings'],
    ['models: [{ model: small }]', 'models.0.baseUrl', 'http'],
    ['models: [{ baseUrl: "ftp://a.example.com", model: a }]', 'models.0.baseUrl', 'must be an http'],
    ['models: [{ baseUrl: "https://me:s3cret@a.example.com", model: a }]', 'models.0.baseUrl', 'by `apiKeyEnv`'],
    ['models: [{ baseUrl: "https://sk-s3cret@a.example.com", model: a }]', 'models.0.baseUrl', 'by `apiKeyEnv`'],
    ['models: [{ baseUrl: "https://a.example.com/v1?key=k", model: a }]', 'models.0.baseUrl', 'no query'],
    ['models: [{ baseUrl: "http://a.example.com", model: "" }]', 'models.0.model', 'must not be empty'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, apiKey: k }]', 'models.0', 'apiKey'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, apiKeyEnv: sk-1 }]', 'models.0.apiKeyEnv', 'the name of'],
    [
      'models: [{ baseUrl: "http://a.example.com", model: a, apiKeyEnv: A_KEY }]',
      'models.0.apiKeyEnv',
      'A_KEY is not set',
    ],
    ['models: [{ baseUrl: "http://a.example.com", model: a, name: a b }]', 'models.0.name', 'must be one word'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, weight: 0 }]', 'models.0.weight', 'more than 0'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, concurrency: 0 }]', 'models.0.concurrency', 'from 1 to'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, timeoutMs: soon }]', 'models.0.timeoutMs', 'from 100 to'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, temperature: 3 }]', 'models.0.temperature', '0 to 2'],
    ['models: [{ baseUrl: "http://a.example.com", model: a, inputPrice: -1 }]', 'models.0.inputPrice', '0 or more'],
    [
      'models: [{ baseUrl: "http://a.example.com", model: a, maxCostPerDay: 1 }]',
      'models.0.maxCostPerDay',
      '`inputPrice`',
    ],
    [`models: [${ONE}, ${ONE}]`, 'models.1', 'give it a `name` of its own'],
  ])('are refused when wrong: %s', (wrong, path, message) => {
    expect(problemsOf(wrong)).toContainEqual({ path, message: expect.stringContaining(message) });
  });

  it('tell every mistake at once, those of other settings too', () => {
    const wrong = 'models: [{ model: a, weight: 0 }, { baseUrl: nowhere, model: b }]';
    const paths = problemsOf(wrong, { LLM_ORDER: 'random', LLM_HEDGE_MS: '-1' }).map(({ path }) => path);
    expect(paths.sort()).toEqual([
      'LLM_HEDGE_MS',
      'LLM_ORDER',
      'models.0.baseUrl',
      'models.0.weight',
      'models.1.baseUrl',
    ]);
  });

  it('and LLM_BASE_URL cannot both say which LLM is asked', () => {
    const env = { LLM_BASE_URL: 'http://127.0.0.1:1/v1', LLM_MODEL: 'other', LLM_API_KEY: 'canary' };
    const problems = problemsOf(`models: [${ONE}]`, env);
    expect(problems.map(({ path }) => path)).toEqual(['LLM_BASE_URL', 'LLM_MODEL', 'LLM_API_KEY']);
    expect(problems[0]?.message).toContain('`models` both say which LLM is asked');
    expect(problems[2]?.message).toContain('name it there by `apiKeyEnv`');
  });

  it('may use the key of LLM_API_KEY by naming it', () => {
    const named = `models: [{ baseUrl: "http://a.example.com", model: a, apiKeyEnv: LLM_API_KEY }]`;
    expect([...read(named, { LLM_API_KEY: 'canary' }).secrets.llmApiKeys]).toEqual([['a', 'canary']]);
  });
});

describe('settings of the LLM', () => {
  it.each([
    [
      { LLM_MAX_COST_PER_DAY: '5', LLM_BASE_URL: 'http://127.0.0.1:1', LLM_MODEL: 'm' },
      'LLM_MAX_COST_PER_DAY',
      'price',
    ],
    [{ LLM_MAX_COST_PER_DAY: '0' }, 'LLM_MAX_COST_PER_DAY', 'more than 0'],
    [{ LLM_MAX_COST_PER_DAY: 'much' }, 'LLM_MAX_COST_PER_DAY', 'a number'],
    [{ LLM_MAX_TOKENS_PER_DAY: '1.5' }, 'LLM_MAX_TOKENS_PER_DAY', 'whole number'],
    [{ LLM_ORDER: 'random' }, 'LLM_ORDER', 'in-order or weighted'],
    [{ LLM_BASE_URL: 'http://me:s3cret@a.example.com', LLM_MODEL: 'm' }, 'LLM_BASE_URL', 'set LLM_API_KEY'],
  ])('are refused when wrong: %j', (env, path, message) => {
    const problems = problemsOf('PORT: 9000', env);
    expect(problems).toContainEqual({ path, message: expect.stringContaining(message) });
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });
});

it('.env.example says where several endpoints are listed', () => {
  expect(readFileSync(join(PROJECT_DIR, '.env.example'), 'utf8')).toContain('precedent.yaml under `models`');
});
