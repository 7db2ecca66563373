import { describe, expect, it } from 'vitest';
import { readCallbacks } from './callbacks.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const ONE = { name: 'ops', url: 'https://hooks.example.com/precedent' };

function problemsOf(callbacks: unknown, env: NodeJS.ProcessEnv = {}): string[] {
  return readCallbacks(callbacks, env).problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('callbacks', () => {
  it('are none where none are listed', () => {
    expect(readCallbacks(undefined, {})).toEqual({ callbacks: [], access: new Map(), problems: [] });
  });

  it('tell of finished diagnoses, whole, to whatever wants no more than an address', () => {
    const { callbacks, access, problems } = readCallbacks([ONE], {});
    expect(problems).toEqual([]);
    expect(callbacks).toEqual([{ name: 'ops', format: 'diagnosis', on: ['diagnosis.done', 'diagnosis.failed'] }]);
    expect([...access]).toEqual([['ops', { url: ONE.url, secrets: [] }]]);
  });

  it('may have an address and secrets that the environment holds, which stay out of what may be shown', () => {
    const listed = {
      name: 'chat',
      urlEnv: 'CHAT_URL',
      secretsEnv: ['NEW', 'OLD'],
      format: 'slack',
      on: ['outage.opened'],
      namespaces: ['team-a'],
      senders: ['grafana'],
    };
    const env = { CHAT_URL: ' https://chat.example.com/T1/canary?k=1 ', NEW: SECRET, OLD: 'canary'.repeat(4) };
    const { callbacks, access, problems } = readCallbacks([listed], env);
    expect(problems).toEqual([]);
    expect(access.get('chat')).toEqual({ url: 'https://chat.example.com/T1/canary?k=1', secrets: [SECRET, env.OLD] });
    expect(callbacks).toEqual([
      { name: 'chat', format: 'slack', on: ['outage.opened'], namespaces: ['team-a'], senders: ['grafana'] },
    ]);
    expect(JSON.stringify(callbacks)).not.toContain('canary');
  });

  it.each(['http://127.0.0.1:9/x', 'http://localhost:9/x', 'http://[::1]:9/x'])('may be told over %s', (url) => {
    expect(problemsOf([{ ...ONE, url }])).toEqual([]);
  });

  it('may be told over http:// where somebody says so', () => {
    const url = 'http://ci.example.com/x';
    expect(problemsOf([{ ...ONE, url }])).toEqual([expect.stringContaining('`allowHttp: true` allows that')]);
    expect(problemsOf([{ ...ONE, url, allowHttp: true }])).toEqual([]);
  });

  it.each([
    ['ops', 'callbacks: must be a list of mappings'],
    [['ops'], 'callbacks: must be a list of mappings'],
    [[{ url: ONE.url }], 'callbacks.0.name: is needed'],
    [[{ ...ONE, name: 'a b' }], 'callbacks.0.name: must be one word'],
    [[{ name: 'ops' }], 'callbacks.0: must have exactly one of `url` and `urlEnv`'],
    [[{ ...ONE, urlEnv: 'PATH' }], 'callbacks.0: must have exactly one of'],
    [[{ ...ONE, url: 'hooks.example.com' }], 'callbacks.0.url: must be an https:// URL'],
    [[{ ...ONE, url: 'file:///etc/passwd' }], 'callbacks.0.url: must be an https:// URL'],
    [[{ ...ONE, url: 'https://me:canary@a.example.com/' }], 'callbacks.0.url: must hold no user or password'],
    [[{ ...ONE, url: 'https://a.example.com/?key=canary' }], 'callbacks.0.url: must have no query'],
    [[{ ...ONE, url: 'https://a.example.com/#x' }], 'callbacks.0.url: must end in its path'],
    [[{ ...ONE, secretEnv: 'canary' }], 'callbacks.0.secretEnv: must be the name of an environment variable'],
    [[{ ...ONE, secretEnv: 'NONE' }], 'callbacks.0.secretEnv: the environment variable NONE is not set'],
    [[{ ...ONE, secretEnv: 'SHORT' }], 'callbacks.0.secretEnv: SHORT is too short'],
    [[{ ...ONE, secretsEnv: ['GOOD', 'SHORT_64'] }], 'callbacks.0.secretsEnv: SHORT_64 is too short'],
    [[{ ...ONE, secretEnv: 'ODD' }], 'callbacks.0.secretEnv: ODD must be base64'],
    [[{ ...ONE, secretEnv: 'GOOD', secretsEnv: ['GOOD'] }], 'callbacks.0: must not have both'],
    [[{ ...ONE, format: 'xml' }], 'callbacks.0.format: must be one of diagnosis, annotation, slack'],
    [[{ ...ONE, on: [] }], 'callbacks.0.on: must be a list of diagnosis.done'],
    [[{ ...ONE, on: ['diagnosis'] }], 'callbacks.0.on.0: must be a list of diagnosis.done'],
    [[{ ...ONE, namespaces: ['Team A'] }], 'callbacks.0.namespaces.0: must be a DNS label'],
    [[{ ...ONE, secret: 'canary' }], 'callbacks.0: '],
    [[ONE, ONE], 'callbacks.1: is called ops like another one'],
  ])('are refused when wrong: %j', (listed, problem) => {
    const env = {
      GOOD: SECRET,
      SHORT: 'canary',
      SHORT_64: 'whsec_Y2FuYXJ5',
      ODD: 'whsec_canary canary canary canary!',
    };
    const problems = problemsOf(listed, env);
    expect(problems).toContainEqual(expect.stringContaining(problem));
    // No message repeats what may be a secret; the name of an unknown field is none.
    expect(problems.join()).not.toContain('canary');
  });

  it('tell every mistake at once', () => {
    const paths = readCallbacks([{ name: 'a', url: 'nowhere', secretEnv: 'NONE' }, { url: ONE.url, on: 'x' }, 7], {});
    expect(paths.problems.map(({ path }) => path)).toEqual(['callbacks']);
    const more = readCallbacks(
      [
        { name: 'a', url: 'nowhere', secretEnv: 'NONE' },
        { url: ONE.url, on: 'x' },
      ],
      {},
    );
    expect(more.problems.map(({ path }) => path).sort()).toEqual([
      'callbacks.0.secretEnv',
      'callbacks.0.url',
      'callbacks.1.name',
      'callbacks.1.on',
    ]);
  });
});
