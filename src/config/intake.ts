import { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import { Sender } from '../domain/occurrence.ts';
import { Namespace } from '../domain/principal.ts';
import { AlertMap } from '../intake/alert-map.ts';
import { MIN_SECRET, TOO_SHORT } from './secrets.ts';

/** The header that carries a shared secret where no other is named. */
export const DEFAULT_SECRET_HEADER = 'x-precedent-secret';

const Variable = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'must be the name of an environment variable, such as PAGERDUTY_SECRET');

/** One sender, as `precedent.yaml` has it under `intake`. */
const ListedSender = z.strictObject({
  /** Several while a secret is changed: any of them will do. */
  secretEnv: Variable.optional(),
  secretsEnv: z.array(Variable).min(1, 'must name at least one variable').optional(),
  /** Where the sender puts a shared secret. */
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,100}$/, 'must be the name of a header: letters, digits and dashes')
    .transform((name) => name.toLowerCase())
    .refine((name) => name !== 'authorization', 'must not be Authorization, which carries bearer tokens')
    .optional(),
  /** Whose alerts these are when the sender proves itself by a secret. */
  namespace: Namespace.optional(),
  requestsPerMinute: z
    .int('must be a whole number from 1 to 1000000')
    .min(1, 'must be a whole number from 1 to 1000000')
    .max(1_000_000, 'must be a whole number from 1 to 1000000')
    .optional(),
  map: AlertMap.optional(),
});
type ListedSender = z.infer<typeof ListedSender>;

export type SenderConfig = Readonly<Omit<ListedSender, 'secretEnv' | 'secretsEnv'>>;

/** Who may post alerts how often, and what of theirs is where. */
export interface IntakeConfig {
  /** Of one sender and caller, where the sender's own entry says nothing else. */
  readonly requestsPerMinute: number;
  readonly senders: Readonly<Partial<Record<Sender, SenderConfig>>>;
}

export interface IntakeSecrets {
  /** Good for every sender. */
  readonly anySender: readonly string[];
  readonly bySender: ReadonlyMap<Sender, readonly string[]>;
}

export interface ListedIntake {
  readonly senders: IntakeConfig['senders'];
  readonly secrets: IntakeSecrets['bySender'];
  readonly problems: readonly Problem[];
}

type Report = (path: string, message: string) => void;

/** The `intake` of precedent.yaml with the secrets that it names in `env`; every mistake at once. */
export function readIntake(listed: unknown, env: NodeJS.ProcessEnv): ListedIntake {
  const entries = z.record(z.string(), z.unknown()).safeParse(listed ?? {});
  if (!entries.success) {
    const message = `must be a mapping of senders: ${Sender.options.join(', ')}`;
    return { senders: {}, secrets: new Map(), problems: [{ path: 'intake', message }] };
  }
  const problems: Problem[] = [];
  const wrong: Report = (path, message) => problems.push({ path, message });
  const senders: Partial<Record<Sender, SenderConfig>> = {};
  const secrets = new Map<Sender, readonly string[]>();
  for (const [name, entry] of Object.entries(entries.data)) {
    const sender = readName(name, wrong);
    const read = sender && readSender(sender, entry, wrong);
    if (!sender || !read) continue;
    const { secretEnv, secretsEnv = [], ...config } = read;
    const named = [...(secretEnv === undefined ? [] : [secretEnv]), ...secretsEnv];
    senders[sender] = config;
    if (named.length > 0) secrets.set(sender, readSecrets(named, `intake.${sender}`, env, wrong));
  }
  return { senders, secrets, problems };
}

function readName(name: string, wrong: Report): Sender | undefined {
  const sender = Sender.safeParse(name);
  if (!sender.success) wrong(`intake.${name}`, `is no sender: name one of ${Sender.options.join(', ')}`);
  return sender.data;
}

function readSender(sender: Sender, entry: unknown, wrong: Report): ListedSender | undefined {
  const parsed = ListedSender.safeParse(entry ?? {});
  for (const issue of parsed.error?.issues ?? []) wrong(['intake', sender, ...issue.path].join('.'), issue.message);
  if (parsed.data?.map && sender !== 'generic') wrong(`intake.${sender}.map`, 'is for the sender `generic` alone');
  return parsed.data;
}

function readSecrets(names: readonly string[], path: string, env: NodeJS.ProcessEnv, wrong: Report): string[] {
  return names.flatMap((name) => {
    const secret = env[name]?.trim();
    if (!secret) wrong(`${path}.secretEnv`, `the environment variable ${name} is not set`);
    else if (secret.length < MIN_SECRET) wrong(`${path}.secretEnv`, `the secret in ${name} ${TOO_SHORT}`);
    return secret || [];
  });
}
