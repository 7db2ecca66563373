import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { HonoRequest } from 'hono';
import type { IntakeConfig, IntakeSecrets } from '../../config/intake.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { type ReceivedGroup, type Reception, Sender } from '../../domain/occurrence.ts';
import type { Principal } from '../../domain/principal.ts';
import { SENDERS } from '../../intake/senders.ts';
import type { AcceptedGroup } from '../../ports/intake.ts';
import { createByteBudget } from '../byte-budget.ts';
import { boundDelivery, readDelivery, readDeliveryBytes } from '../delivery-body.ts';
import { createRateLimit, type RateLimit } from '../rate-limit.ts';
import { authoriseSender, type Caller, isKnownByHead, refuseProofless } from '../sender-auth.ts';
import { jsonAnswer, problems } from './answers.ts';

const IntakeOutcome = z.enum(['accepted', 'duplicate', 'resolved', 'filtered', 'ignored']);

const GroupOutcome = z.object({
  groupKey: z.string(),
  outcome: z.enum(['new', 'joined', 'duplicate', 'resolved', 'filtered', 'unknown']),
  occurrence: z.string().optional(),
  location: z.string().optional(),
});
type GroupOutcome = Readonly<z.infer<typeof GroupOutcome>>;

export const IntakeAnswer = z.object({
  status: IntakeOutcome,
  groups: z.array(GroupOutcome),
  why: z.string().optional(),
  note: z.string().optional(),
});
export type IntakeAnswer = Readonly<z.infer<typeof IntakeAnswer>>;

/** Sixteen of the largest deliveries at the same moment. */
const MAX_HELD_BYTES = 67_108_864;

/** What the route needs of a running service. */
export interface IntakeParts {
  readonly intake: {
    accept(groups: readonly ReceivedGroup[], from: { namespace: string; sender: Sender }): Promise<AcceptedGroup[]>;
  };
  readonly config: IntakeConfig;
  readonly secrets: IntakeSecrets;
  readonly maxBodyBytes: number;
  /** Of bodies that are not understood yet, over all connections: so much of known senders, and of others. */
  readonly maxHeldBytes?: number;
  readonly now: () => Date;
}

const postIntake = createRoute({
  method: 'post',
  path: '/v1/intake/{sender}',
  operationId: 'receiveAlerts',
  tags: ['Intake'],
  summary: 'Alerts in, as the sender posts them',
  description:
    'The webhook of an alerting tool, with its own payload. The answer comes once the alerts are kept for good; the ' +
    'diagnosis is made afterwards and waits at `Location`. A bearer token with the scope `intake` is asked for, or a ' +
    'proof by a secret: Standard Webhooks, `X-PagerDuty-Signature`, or the secret itself in `X-Precedent-Secret`.',
  request: {
    params: z.object({ sender: Sender }),
    body: {
      required: true,
      description: 'JSON in UTF-8, as the sender writes it; may be sent with `Content-Encoding: gzip`.',
      content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
    },
  },
  responses: {
    202: jsonAnswer('The alerts are kept.', 'IntakeAnswer', IntakeAnswer),
    ...problems(400, 401, 403, 404, 413, 415, 429, 500, 503),
  },
});

export const INTAKE_ROUTES = [postIntake];

export function addIntakeRoutes(api: OpenAPIHono, parts: IntakeParts): void {
  const listen = createListener(parts);
  api.post('/v1/intake/:sender', async (c) => {
    const sender = readSender(c.req.param('sender'));
    // The authorisation leaves it out where a request has no token: then a secret must prove the sender.
    const { reception, caller } = await listen(c.req, sender, c.get('principal'));
    const answer = await handIn(reception, sender, caller, parts);
    const location = locationOf(answer);
    return c.json(answer, 202, location === undefined ? {} : { location });
  });
}

interface Heard {
  readonly reception: Reception;
  readonly caller: Caller;
}

type Listen = (request: HonoRequest, sender: Sender, principal: Principal | undefined) => Promise<Heard>;

/** What a request says, and who says it. Nothing of its body is held on to afterwards. */
function createListener(parts: IntakeParts): Listen {
  const { senders, requestsPerMinute } = parts.config;
  const { secrets, maxBodyBytes, maxHeldBytes = MAX_HELD_BYTES, now } = parts;
  const limit = createRateLimit(now);
  const maxBytes = boundDelivery(maxBodyBytes);
  // Apart, so that whoever proves nothing keeps nobody out who is known.
  const budgets = { known: createByteBudget(maxHeldBytes), unknown: createByteBudget(maxHeldBytes) };
  return async (request, sender, principal) => {
    const header = (name: string): string | undefined => request.header(name);
    const config = senders[sender];
    const proof = { sender, principal, header };
    const trust = { config, secrets };
    refuseProofless(proof, trust);
    using hold = budgets[isKnownByHead(proof, trust) ? 'known' : 'unknown'].begin();
    // A signature is over the bytes as they were sent, so no parser may touch them first.
    const sent = await readDeliveryBytes(request, maxBytes, hold);
    const caller = authoriseSender({ ...proof, body: sent }, { ...trust, now: now() });
    refuseHaste(limit, sender, caller, config?.requestsPerMinute ?? requestsPerMinute);
    const body = await readDelivery(request, sent, sender, maxBytes);
    const map = config?.map;
    const reception = SENDERS[sender].read(body, { receivedAt: now(), header, ...(map ? { map } : {}) });
    return { reception, caller };
  };
}

function readSender(name: string): Sender {
  const sender = Sender.safeParse(name);
  if (sender.success) return sender.data;
  throw new PrecedentError('not-found', `there is no such sender: post to one of ${Sender.options.join(', ')}`);
}

function refuseHaste(limit: RateLimit, sender: Sender, { name, namespace }: Caller, perMinute: number): void {
  const seconds = limit.take(JSON.stringify([sender, namespace, name]), perMinute);
  if (seconds === 0) return;
  const what = `more than ${perMinute} requests a minute from ${sender}`;
  const advice = `send again in ${seconds} s, let the sender group its alerts, or raise INTAKE_REQUESTS_PER_MINUTE`;
  throw new PrecedentError(SENDERS[sender].overLimit, `${what}: ${advice}`, { retryAfterSeconds: seconds });
}

async function handIn(
  reception: Reception,
  sender: Sender,
  { namespace }: Caller,
  { intake }: IntakeParts,
): Promise<IntakeAnswer> {
  if (reception.kind === 'ignored') return { status: 'ignored', groups: [], why: reception.why };
  const accepted = await intake.accept(reception.groups, { namespace, sender });
  const groups = reception.groups.map(({ groupKey }, at) =>
    toOutcome(groupKey, accepted[at] ?? { outcome: 'unknown' }),
  );
  const status = statusOf(groups);
  const why = status === 'ignored' ? 'what it resolves was over before anybody told of it' : undefined;
  const { note } = reception;
  return { status, groups, ...(why === undefined ? {} : { why }), ...(note === undefined ? {} : { note }) };
}

function toOutcome(groupKey: string, accepted: AcceptedGroup): GroupOutcome {
  if (accepted.outcome === 'unknown') return { groupKey, outcome: 'unknown' };
  const { occurrence, outcome } = accepted;
  return { groupKey, outcome, occurrence, location: `/v1/diagnoses/${encodeURIComponent(occurrence)}` };
}

/** What most deserves to be told, of several groups. */
function statusOf(groups: readonly GroupOutcome[]): IntakeAnswer['status'] {
  const has = (outcome: GroupOutcome['outcome']): boolean => groups.some((group) => group.outcome === outcome);
  if (has('new') || has('joined')) return 'accepted';
  return (['resolved', 'filtered', 'duplicate'] as const).find(has) ?? 'ignored';
}

/** Of what is new, or else of whatever there is an answer to. */
function locationOf({ groups }: IntakeAnswer): string | undefined {
  const begun = groups.find(({ outcome }) => outcome === 'new') ?? groups.find(({ outcome }) => outcome === 'joined');
  return (begun ?? groups.find(({ location }) => location !== undefined))?.location;
}
