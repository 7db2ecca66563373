import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { createFetchPost } from '../../adapters/fetch-post.ts';
import type { Asker } from '../../asker.ts';
import { createDesk } from '../../desk.ts';
import type { AskAnswer } from '../../domain/ask.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { LOCAL_OPERATOR } from '../../domain/principal.ts';
import { createSlackDesk, type SlackDeskParts } from '../../slack-desk/slack-desk.ts';
import { type Receive, startCallbackReceiver } from '../../testing/callback-receiver.ts';
import { failed, pending } from '../../testing/diagnosis-builder.ts';
import { createMemoryCasebook } from '../../testing/memory-casebook.ts';
import { buildPromotable } from '../../testing/promotable-builder.ts';
import { mount } from '../__fixtures__/mount.ts';
import { addSlackRoutes } from './slack.ts';

const SECRET = 'a-signing-secret';
const now = () => new Date('2026-03-01T12:00:00Z');
const redact = async (text: string) => ({ text: text.replaceAll('hunter2', '(redacted)'), counts: {} });

const ANSWER: AskAnswer = {
  kind: 'answered',
  engine: 'precedent',
  text: 'Old segments were dropped. [1]',
  sentences: [],
  sources: [],
  answerable: { score: 0.9, reason: 'named' },
  provenance: { generation: 'g1', model: { id: 'm', checksum: 'c', dimension: 2 }, timings: {} },
};

interface Posted {
  readonly text: string;
  readonly response_type?: string;
  readonly replace_original: boolean;
  readonly blocks: readonly object[];
}

const opened: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]();
});

function keep<T extends AsyncDisposable>(one: T): T {
  opened.push(one);
  return one;
}

async function open(overrides: Partial<SlackDeskParts> = {}, receive?: Receive, secrets: readonly string[] = [SECRET]) {
  const slack = keep(await startCallbackReceiver(receive));
  const casebook = createMemoryCasebook();
  const diagnose = async () => buildPromotable();
  const failures: string[] = [];
  const onFailure = (what: string, error: unknown) => failures.push(`${what}: ${String(error)}`);
  const desk = createDesk({
    ...{ diagnose, casebook, now, redact, newId: () => 'new-1', timeBudgetMs: 100 },
    onBackgroundFailure: onFailure,
  });
  const audited: string[] = [];
  const slackDesk = keep(
    createSlackDesk({
      asker: { ask: async () => ANSWER },
      answers: { getAnswer: async (id, viewer) => ({ record: await desk.get(id, { ...LOCAL_OPERATOR, ...viewer }) }) },
      outages: {
        getOutage: async (id) => {
          throw new PrecedentError('not-found', `there is no outage ${id}`);
        },
      },
      desk,
      audit: { record: async ({ name }, action, target) => void audited.push(`${name} ${action} ${target}`) },
      redact,
      post: createFetchPost({ now }),
      slackOrigin: new URL(slack.url).origin,
      pausesMs: [5, 5],
      limits: { graceMs: 20 },
      onFailure,
      ...overrides,
    }),
  );
  const parts = { slack: slackDesk, secrets: { slackSigningSecrets: secrets }, now, maxBodyBytes: 1_000_000 };
  const { url } = keep(await mount((api) => addSlackRoutes(api, parts)));
  await casebook.saveDiagnosis({
    status: 'done',
    id: 'd1',
    createdAt: now().toISOString(),
    diagnosis: buildPromotable(),
  });
  const posted = (at: number): Posted => JSON.parse(slack.received[at]?.body ?? 'null');
  return { slack, slackDesk, casebook, failures, audited, url, posted };
}

type Opened = Awaited<ReturnType<typeof open>>;
let triggers = 0;

async function wordsOf(response: Response): Promise<string> {
  const { text, detail }: { text?: string; detail?: string } = JSON.parse(await response.text());
  return text ?? detail ?? '';
}

function send(url: string, kind: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
  const body = new URLSearchParams(fields).toString();
  const timestamp = String(now().getTime() / 1_000);
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const signed = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature };
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(`${url}/v1/slack/${kind}`, { method: 'POST', body, headers: { ...type, ...signed, ...headers } });
}

function type({ url, slack }: Pick<Opened, 'url' | 'slack'>, text: string, fields: Record<string, string> = {}) {
  const who = { team_id: 'T1', user_id: 'U1', user_name: 'ana', channel_id: 'C1' };
  const trigger_id = `t${++triggers}`;
  return send(url, 'commands', { command: '/precedent', text, ...who, response_url: slack.url, trigger_id, ...fields });
}

function press(
  { url, slack }: Pick<Opened, 'url' | 'slack'>,
  action_id: string,
  value: string,
  user = 'U1',
  rest = {},
) {
  const payload = {
    type: 'block_actions',
    user: { id: user, username: 'ana', team_id: 'T1' },
    team: { id: 'T1', domain: 'example' },
    trigger_id: `t${++triggers}`,
    response_url: slack.url,
    actions: [{ type: 'button', action_id, value }],
    ...rest,
  };
  return send(url, 'interactions', { payload: JSON.stringify(payload) });
}

/** An asker that is released by the test, and notes what it was asked. */
function hold() {
  const asked: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asker: Pick<Asker, 'ask'> = {
    async ask({ question }) {
      asked.push(question);
      await held;
      return ANSWER;
    },
  };
  return { asker, asked, release };
}

describe('a question typed in Slack', () => {
  it('is acknowledged at once though its answer takes its time, and answered where Slack waits', async () => {
    const { asker, asked, release } = hold();
    const opened = await open({ asker });
    const began = performance.now();
    const response = await type(opened, 'what did we do last time? password hunter2');
    expect(await response.json()).toEqual({ response_type: 'ephemeral', text: 'Looking …' });
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(opened.slack.received).toHaveLength(0);
    release();
    await opened.slack.arrived(1);
    expect(asked).toEqual(['what did we do last time? password (redacted)']);
    expect(opened.posted(0)).toMatchObject({
      response_type: 'ephemeral',
      replace_original: false,
      text: 'Old segments were dropped. [1]',
    });
  });

  it('is shown to the channel when it says so, without its secrets and mentioning nobody', async () => {
    const opened = await open();
    await type(opened, 'share &lt;!channel&gt; did hunter2 fill the disk?');
    await opened.slack.arrived(1);
    expect(opened.posted(0).response_type).toBe('in_channel');
    const shown = JSON.stringify(opened.posted(0).blocks);
    expect(shown).toContain('&lt;!channel&gt; did (redacted) fill the disk?');
    expect(shown).not.toMatch(/<!|hunter2/);
  });

  it('that Slack sends twice is answered once', async () => {
    const opened = await open();
    await type(opened, 'what happened?', { trigger_id: 'same' });
    const again = await type(opened, 'what happened?', { trigger_id: 'same' });
    expect([again.status, await again.text()]).toEqual([200, '']);
    await type(opened, 'what else?');
    await opened.slack.arrived(2);
    expect(opened.slack.received).toHaveLength(2);
  });

  it('is turned away in words while too many are answered, and taken when asked again', async () => {
    const { asker, release } = hold();
    const opened = await open({ asker, limits: { most: 2, graceMs: 20 } });
    for (const text of ['one?', 'two?']) await type(opened, text);
    const busy = await type(opened, 'three?', { trigger_id: 'third' });
    expect(await busy.json()).toMatchObject({ text: expect.stringContaining('ask again in a moment') });
    expect((await press(opened, 'verdict.confirmed', 'd1')).status).toBe(503);
    release();
    await opened.slack.arrived(2);
    await expect
      .poll(async () => (await (await type(opened, 'three?', { trigger_id: 'third' })).text()).includes('Looking'))
      .toBe(true);
  });

  it('that is never answered ends in words', async () => {
    const opened = await open({ asker: { ask: () => new Promise(() => {}) }, limits: { limitMs: 30, graceMs: 20 } });
    await type(opened, 'what happened?');
    await opened.slack.arrived(1);
    expect(opened.posted(0).text).toContain('took longer than');
  });

  it('that waits when the process stops is told so', async () => {
    const opened = await open({ asker: { ask: () => new Promise(() => {}) } });
    await type(opened, 'what happened?');
    await opened.slackDesk[Symbol.asyncDispose]();
    expect(opened.posted(0).text).toContain('the process stopped before this was answered');
    expect(await (await type(opened, 'and now?')).text()).toContain('ask again in a moment');
  });

  it('that goes wrong for no reason that is ours tells the log, and Slack nothing of it', async () => {
    const opened = await open({ asker: { ask: () => Promise.reject(new Error('secret inside')) } });
    await type(opened, 'what happened?');
    await opened.slack.arrived(1);
    expect(opened.slack.received[0]?.body).not.toContain('inside');
    expect(opened.failures).toEqual(['answer in slack: Error: secret inside']);
  });

  it('is posted again when Slack stumbles, and given up with a word to the log', async () => {
    const stumbling = await open({}, (at, response) => void (at < 2 && response.writeHead(503).end()));
    await type(stumbling, 'what happened?');
    await stumbling.slack.arrived(3);
    expect(stumbling.failures).toEqual([]);

    const gone = await open({}, (_at, response) => void response.writeHead(404).end());
    await type(gone, 'what happened?');
    await expect.poll(() => gone.failures.length).toBe(1);
    expect(gone.failures[0]).toMatch(/^post to slack: .*Slack answered 404/);
    expect(gone.slack.received).toHaveLength(1);
  });
});

describe('a subcommand', () => {
  it.each(['', 'help', ' HELP '])('%j says what can be said, at once', async (text) => {
    const opened = await open();
    expect(await wordsOf(await type(opened, text, { command: '/prior' }))).toContain('`/prior diagnosis ID`');
    expect(opened.slack.received).toHaveLength(0);
  });

  it('shows a diagnosis with its buttons, or says why there is none', async () => {
    const opened = await open();
    await opened.casebook.saveDiagnosis(pending('pending-1'));
    await opened.casebook.saveDiagnosis(failed('failed-1', 'the <!channel> index is away'));
    await opened.casebook.saveDiagnosis({ ...pending('theirs-1'), namespace: 'team-b' });
    const found: string[] = [];
    for (const [at, id] of ['nothing-1', 'failed-1', 'theirs-1'].entries()) {
      await type(opened, `diagnosis ${id}`);
      await opened.slack.arrived(at + 1);
      found.push(opened.posted(at).text);
    }
    expect(found).toEqual([
      'there is no diagnosis nothing-1',
      'No diagnosis could be made (index-unavailable): the &lt;!channel&gt; index is away',
      'there is no diagnosis theirs-1',
    ]);
    await opened.casebook.saveDiagnosis({
      status: 'done',
      id: 'done-1',
      createdAt: now().toISOString(),
      diagnosis: { ...buildPromotable(), id: 'done-1' },
    });
    await type(opened, 'diagnosis done-1');
    await opened.slack.arrived(4);
    expect(JSON.stringify(opened.posted(3).blocks)).toContain('"value":"done-1"');
  });

  it('about an outage that nobody knows is answered in words', async () => {
    const opened = await open();
    await type(opened, 'outage o-12345');
    await opened.slack.arrived(1);
    expect(opened.posted(0).text).toBe('there is no outage o-12345');
  });

  it('corrects a diagnosis, in the name of who said so', async () => {
    const opened = await open();
    await opened.casebook.saveDiagnosis({
      status: 'done',
      id: 'done-2',
      createdAt: now().toISOString(),
      diagnosis: buildPromotable(),
    });
    await type(opened, 'correct done-2 service=web category=“cert expired” summary="it ran out"');
    await opened.slack.arrived(1);
    const [verdict] = await opened.casebook.listVerdicts('done-2');
    expect(verdict).toMatchObject({
      by: 'slack:T1/U1',
      verdict: 'corrected',
      trueCause: { service: 'web', category: 'cert expired', summary: 'it ran out' },
    });
    expect(JSON.stringify(opened.posted(0).blocks)).toContain('<@U1> says: *something else*');
  });

  it.each(['correct', 'correct done-2', 'correct done-2 web', 'correct done-2 service=', 'correct done-2 summary=x'])(
    '%j says how to correct',
    async (text) => {
      const opened = await open();
      expect(await wordsOf(await type(opened, text))).toContain('correct ID service=NAME category=NAME');
    },
  );

  it.each(['diagnosis of the outage', 'outage yesterday', 'correct me if I am wrong', 'share'])(
    'is not %j, which is a question',
    async (text) => {
      const { asker, asked, release } = hold();
      release();
      const opened = await open({ asker });
      await type(opened, text);
      await opened.slack.arrived(1);
      expect(asked).toEqual([text]);
    },
  );
});

describe('a button pressed in Slack', () => {
  it('gives the verdict of who pressed it, and shows who said what in place of the message', async () => {
    const opened = await open();
    const response = await press(opened, 'verdict.confirmed', 'd1');
    expect([response.status, await response.text()]).toEqual([200, '']);
    await opened.slack.arrived(1);
    expect(opened.posted(0).replace_original).toBe(true);
    expect(JSON.stringify(opened.posted(0).blocks)).toContain('<@U1> says: *right*. So far 1 right, 0 wrong.');
    await press(opened, 'verdict.rejected', 'd1', 'U2');
    await opened.slack.arrived(2);
    expect(JSON.stringify(opened.posted(1).blocks)).toContain('<@U2> says: *wrong*. So far 1 right, 1 wrong.');
    expect(opened.audited).toEqual(['slack:T1/U1 verdict.give d1', 'slack:T1/U2 verdict.give d1']);
  });

  it('pressed twice counts once', async () => {
    const opened = await open();
    for (const count of [1, 2]) {
      await press(opened, 'verdict.confirmed', 'd1');
      await opened.slack.arrived(count);
    }
    expect(await opened.casebook.listVerdicts('d1')).toHaveLength(1);
    expect(JSON.stringify(opened.posted(1).blocks)).toContain('So far 1 right, 0 wrong.');
  });

  it('that says it was something else tells how to say what', async () => {
    const opened = await open();
    await press(opened, 'verdict.other', 'd1');
    await opened.slack.arrived(1);
    expect(opened.posted(0)).toMatchObject({ response_type: 'ephemeral', replace_original: false });
    expect(opened.posted(0).text).toContain('`/precedent correct d1 service=NAME category=NAME`');
    expect(await opened.casebook.listVerdicts('d1')).toEqual([]);
  });

  it.each([
    ['nothing-1', 'there is no diagnosis nothing-1'],
    ['pending-1', 'the diagnosis pending-1 is not done: try again once it is answered'],
  ])('on %s leaves the message and says why', async (id, why) => {
    const opened = await open();
    await opened.casebook.saveDiagnosis({ ...pending('pending-1'), createdAt: now().toISOString() });
    await press(opened, 'verdict.confirmed', id);
    await opened.slack.arrived(1);
    expect(opened.posted(0)).toMatchObject({ replace_original: false, response_type: 'ephemeral', text: why });
  });

  it('that is none of ours, and what is no button, does nothing', async () => {
    const opened = await open();
    expect((await press(opened, 'other.app', 'd1')).status).toBe(200);
    expect((await press(opened, 'x', 'd1', 'U1', { type: 'view_submission', actions: undefined })).status).toBe(200);
    expect(opened.slack.received).toEqual([]);
  });
});

describe('what comes to the routes of Slack', () => {
  it('is refused without a signature, and without a secret with the name of the setting', async () => {
    const opened = await open();
    const forged = await type({ ...opened }, 'help').then(() =>
      send(opened.url, 'commands', { text: 'help' }, { 'x-slack-signature': 'v0=00' }),
    );
    expect(forged.status).toBe(401);
    const unset = await open({}, undefined, []);
    const refused = await type(unset, 'help');
    expect(refused.status).toBe(401);
    expect(await wordsOf(refused)).toContain('SLACK_SIGNING_SECRETS is not set');
  });

  it.each([
    'http://169.254.169.254/latest',
    'https://hooks.slack.com.example.com/x',
    'https://hooks.slack.com@example.com/x',
    'nonsense',
  ])('is answered at no other place: %s', async (response_url) => {
    const posts: string[] = [];
    const post = async (url: string) => {
      posts.push(url);
      return { status: 200 };
    };
    const opened = await open({ post, slackOrigin: 'https://hooks.slack.com' });
    expect((await type(opened, 'what happened?', { response_url })).status).toBe(400);
    expect((await press(opened, 'verdict.confirmed', 'd1', 'U1', { response_url })).status).toBe(400);
    expect(await opened.casebook.listVerdicts('d1')).toEqual([]);
    expect(posts).toEqual([]);
  });

  it('is a form with what Slack sends in it, or the mistake is named', async () => {
    const { url } = await open();
    expect((await send(url, 'commands', { text: 'x' })).status).toBe(400);
    expect((await send(url, 'interactions', { text: 'x' })).status).toBe(400);
    expect((await send(url, 'interactions', { payload: '{' })).status).toBe(400);
    expect((await send(url, 'commands', {}, { 'content-type': 'application/json' })).status).toBe(415);
    expect((await send(url, 'commands', { text: 'x'.repeat(300_000) })).status).toBe(413);
    const probe = await send(url, 'commands', { ssl_check: '1', token: 'x' });
    expect([probe.status, await probe.text()]).toEqual([200, '']);
  });
});
