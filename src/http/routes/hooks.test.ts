import { createHmac } from 'node:crypto';
import { simpleGit } from 'simple-git';
import { describe, expect, it } from 'vitest';
import { createKnowledgeFolder, type KnowledgeFolder } from '../../testing/knowledge-folder.ts';
import { readProblem, type Served, serve } from '../__fixtures__/serve.ts';
import { HookAnswer } from './hooks.ts';

const SECRET = 'one of two';
const BODY = JSON.stringify({ ref: 'refs/heads/main' });
const hex = (body: string, secret = SECRET) => createHmac('sha256', secret).update(body).digest('hex');

async function serveFolder(env: NodeJS.ProcessEnv = {}) {
  const folder = await createKnowledgeFolder({ 'runbooks/web/High.md': '# High\n\n## Mitigation\n\n- Scale\n' });
  const served = await serve({
    KNOWLEDGE_DIR: folder.path,
    GIT_HOOK_SECRETS: `old,${SECRET}`,
    POLL_SECONDS: '0',
    ...env,
  });
  return {
    folder,
    served,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const post = ({ url }: Served, headers: Record<string, string>, body = BODY) =>
  fetch(`${url}/v1/hooks/git`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

const githubPush = (delivery = 'd1') => ({
  'x-github-event': 'push',
  'x-github-delivery': delivery,
  'x-hub-signature-256': `sha256=${hex(BODY)}`,
});

async function titleOf({ url }: Served, id: string): Promise<string | undefined> {
  const response = await fetch(`${url}/v1/runbooks/${id}`);
  const body: unknown = await response.json();
  return typeof body === 'object' && body !== null && 'title' in body ? String(body.title) : undefined;
}

describe('POST /v1/hooks/git', () => {
  it('brings the index of a running server up to the commit that was pushed', async () => {
    await using running = await serveFolder();
    const { served, folder } = running;
    const git = await commitAll(folder);
    await served.app.ingest();
    await folder.write('runbooks/web/High.md', '# Higher\n\n## Mitigation\n\n- Scale\n');
    await git.commit('higher', ['--all']);
    const behind: unknown = await (await fetch(`${served.url}/v1/status`)).json();
    expect(behind).toMatchObject({ isBehind: true, sources: [{ state: 'behind' }] });

    const response = await post(served, githubPush());
    expect(response.status).toBe(202);
    expect(HookAnswer.parse(await response.json())).toEqual({ status: 'accepted', delivery: 'd1' });

    const head = (await git.revparse(['HEAD'])).trim();
    await expect
      .poll(async () => (await fetch(`${served.url}/v1/status`)).json(), { timeout: 10_000 })
      .toMatchObject({
        isBehind: false,
        sources: [{ state: 'current', served: head, head }],
        lastRefresh: { reason: 'hook', ok: true, published: true },
      });
    await expect.poll(() => titleOf(served, 'web/High'), { timeout: 5_000 }).toBe('Higher');
    expect(await (await fetch(`${served.url}/readyz`)).text()).toContain(`served at ${head.slice(0, 12)}`);
  });

  it.each([
    ['GitHub', githubPush()],
    ['Gitea', { 'x-gitea-event': 'push', 'x-gitea-delivery': 'd1', 'x-gitea-signature': hex(BODY) }],
    ['GitLab with a token', { 'x-gitlab-event': 'Push Hook', 'x-gitlab-event-uuid': 'd1', 'x-gitlab-token': SECRET }],
    ['GitLab with a signing token', signByStandard('d1')],
  ])('believes %s, and takes the same delivery once', async (_, headers) => {
    await using running = await serveFolder();
    const answers = [await post(running.served, headers), await post(running.served, headers)];
    const statuses = await Promise.all(answers.map(async (answer) => HookAnswer.parse(await answer.json()).status));
    expect(statuses).toEqual(['accepted', 'duplicate']);
  });

  it.each([
    ['another secret', { 'x-hub-signature-256': `sha256=${hex(BODY, 'other')}` }],
    ['a signature over another body', { 'x-hub-signature-256': `sha256=${hex('{}')}` }],
    ['no signature', {}],
    ['a wrong token', { 'x-gitlab-token': 'other' }],
    ['an old signed timestamp', signByStandard('d1', -600)],
    ['a right token beside a wrong signature', { 'x-gitlab-token': SECRET, 'webhook-signature': 'v1,AAAA' }],
  ])('refuses %s', async (_, headers) => {
    await using running = await serveFolder();
    const response = await post(running.served, { 'x-github-event': 'push', ...headers });
    expect(response.status).toBe(401);
    expect(await readProblem(response)).toMatchObject({ detail: expect.stringContaining('refused') });
  });

  it('refuses everybody until a secret is set', async () => {
    await using running = await serveFolder({ GIT_HOOK_SECRETS: '' });
    const problem = await readProblem(await post(running.served, githubPush()));
    expect(problem).toMatchObject({ status: 401, detail: expect.stringContaining('GIT_HOOK_SECRETS is not set') });
  });

  it('asks for no bearer token, because the signature is the authorisation', async () => {
    await using running = await serveFolder({ API_TOKENS: 'token' });
    expect((await post(running.served, githubPush())).status).toBe(202);
    expect((await fetch(`${running.served.url}/v1/status`)).status).toBe(401);
  });

  it('takes what is no push, such as a ping, and does nothing', async () => {
    await using running = await serveFolder();
    const ping = { ...githubPush(), 'x-github-event': 'ping' };
    expect(HookAnswer.parse(await (await post(running.served, ping)).json()).status).toBe('ignored');
    expect(running.served.app.refresher.last).toBeUndefined();
  });

  it('refuses a body that is too large', async () => {
    await using running = await serveFolder({ MAX_BODY_BYTES: '1024' });
    expect((await post(running.served, githubPush(), 'x'.repeat(2_000))).status).toBe(413);
  });
});

function signByStandard(id: string, ageSeconds = 0): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1_000) + ageSeconds);
  const signature = createHmac('sha256', SECRET).update(`${id}.${timestamp}.${BODY}`).digest('base64');
  return {
    'x-gitlab-event': 'Push Hook',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

async function commitAll({ path }: KnowledgeFolder) {
  const git = simpleGit({ baseDir: path });
  await git.init();
  await git.addConfig('user.email', 'someone@example.com');
  await git.addConfig('user.name', 'someone');
  await git.add('.');
  await git.commit('first');
  return git;
}
