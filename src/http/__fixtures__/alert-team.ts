import { z } from 'zod';
import type { Scope } from '../../domain/principal.ts';
import type { Clock } from '../../ports.ts';
import { IntakeAnswer } from '../routes/intake.ts';

export interface Fired {
  readonly alertname: string;
  readonly service: string;
  readonly startsAt: string;
}

export interface Delivered extends IntakeAnswer {
  /** Where the answer will be. */
  readonly location: string;
  /** The occurrence's. */
  readonly id: string;
}

/** Somebody with a token of a namespace, and an Alertmanager that posts with it. */
export interface Team {
  readonly bearer: string;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** An alert that begins now. */
  fires(service: string, alertname?: string): Fired;
  /** Posts it, as it fires or as it is over now. */
  post(alert: Fired, status?: 'firing' | 'resolved'): Promise<Delivered>;
}

const Token = z.object({ token: z.string() });
const NEVER = '0001-01-01T00:00:00Z';

export async function createTeam(
  url: string,
  operator: string,
  { namespace, scopes }: { readonly namespace: string; readonly scopes: readonly Scope[] },
  now: Clock,
): Promise<Team> {
  const askAs = (token: string): Team['ask'] => {
    return (method, path, body, headers = {}) =>
      fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
  };
  const made = await askAs(operator)('POST', '/v1/tokens', { name: namespace, namespace, scopes });
  const { token } = Token.parse(await made.json());
  const ask = askAs(token);
  return {
    ask,
    bearer: `Bearer ${token}`,
    fires: (service, alertname = `${service} is slow`) => ({ alertname, service, startsAt: now().toISOString() }),
    async post(alert, status = 'firing') {
      const endsAt = status === 'firing' ? NEVER : now().toISOString();
      const response = await ask('POST', '/v1/intake/alertmanager', toWebhook(alert, status, endsAt));
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      const location = response.headers.get('location') ?? '';
      return { ...IntakeAnswer.parse(await response.json()), location, id: location.split('/').at(-1) ?? '' };
    },
  };
}

/** What Alertmanager's webhook receiver would get of one alert. */
function toWebhook({ alertname, service, startsAt }: Fired, status: string, endsAt: string) {
  const labels = { alertname, service };
  const annotations = { summary: `${alertname}: look at ${service}` };
  return {
    ...{ version: '4', groupKey: `{}:${JSON.stringify(labels)}`, status, receiver: 'precedent', truncatedAlerts: 0 },
    ...{ groupLabels: labels, commonLabels: labels, commonAnnotations: annotations, externalURL: '' },
    alerts: [{ status, labels, annotations, startsAt, endsAt, fingerprint: `${service}-${alertname}` }],
  };
}
