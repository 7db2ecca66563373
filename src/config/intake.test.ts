import { describe, expect, it } from 'vitest';
import { readIntake } from './intake.ts';

const env = {
  PD_NEW: 'new secret of ours',
  PD_OLD: ' old secret of ours ',
  HOOK: 'hook secret of ours',
  EMPTY: ' ',
  SHORT: 'guess me',
};

describe('intake of precedent.yaml', () => {
  it('may say nothing', () => {
    for (const nothing of [undefined, null, {}])
      expect(readIntake(nothing, {})).toEqual({ senders: {}, secrets: new Map(), problems: [] });
  });

  it('keeps the secrets apart from what may be shown', () => {
    const { senders, secrets, problems } = readIntake(
      {
        pagerduty: { secretsEnv: ['PD_NEW', 'PD_OLD'], namespace: 'shop' },
        opsgenie: { secretEnv: 'HOOK', header: 'X-Team-Secret', requestsPerMinute: 60 },
        grafana: null,
        generic: { map: { alertname: '$.title' } },
      },
      env,
    );
    expect(problems).toEqual([]);
    expect(senders).toEqual({
      pagerduty: { namespace: 'shop' },
      opsgenie: { header: 'x-team-secret', requestsPerMinute: 60 },
      grafana: {},
      generic: { map: { alertname: '$.title', resolvedValues: ['resolved', 'recovered', 'closed', 'ok'] } },
    });
    expect([...secrets]).toEqual([
      ['pagerduty', ['new secret of ours', 'old secret of ours']],
      ['opsgenie', ['hook secret of ours']],
    ]);
    expect(JSON.stringify(senders)).not.toMatch(/secret of ours/);
  });

  it('tells every mistake at once, by its place', () => {
    const listed = {
      nagios: {},
      pagerduty: { secretEnv: 'NOT_SET', secretsEnv: ['EMPTY'], namespace: 'Not A Label' },
      grafana: { header: 'Authorization', requestsPerMinute: 0, colour: 'red' },
      datadog: { secretEnv: 'lower-case' },
      opsgenie: { secretEnv: 'SHORT' },
      alertmanager: { secretEnv: 'EMPTY', map: { alertname: '$.a' } },
      generic: { map: { alertname: '$[?match(@.a, "x")]' } },
    };
    const places = readIntake(listed, env).problems.map(({ path, message }) => `${path}: ${message}`);
    expect(places).toEqual([
      expect.stringMatching(/^intake\.nagios: is no sender: name one of alertmanager, /),
      expect.stringMatching(/^intake\.pagerduty\.namespace: must be a DNS label/),
      expect.stringMatching(/^intake\.grafana\.header: must not be Authorization/),
      expect.stringMatching(/^intake\.grafana\.requestsPerMinute: must be a whole number/),
      expect.stringMatching(/^intake\.grafana: .*colour/),
      expect.stringMatching(/^intake\.datadog\.secretEnv: must be the name of an environment variable/),
      'intake.opsgenie.secretEnv: the secret in SHORT must have at least 16 characters',
      expect.stringMatching(/^intake\.alertmanager\.map: is for the sender `generic` alone/),
      'intake.alertmanager.secretEnv: the environment variable EMPTY is not set',
      expect.stringMatching(/^intake\.generic\.map\.alertname: must use no function/),
    ]);
    expect(readIntake([], env).problems).toEqual([
      { path: 'intake', message: expect.stringContaining('must be a mapping of senders') },
    ]);
  });
});
