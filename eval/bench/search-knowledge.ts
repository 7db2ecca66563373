import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandom } from './random.ts';

const SERVICES =
  'checkout orders payments catalogue search mailer gateway ledger stock web pricing invoices sessions profiles reviews shipping coupons exports webhooks billing'.split(
    ' ',
  );
const TIERS = ['api', 'worker', 'db', 'cache', 'proxy'];
/** What ordinary prose of the trade is made of; drawn by Zipf's law, so the first ones are everywhere. */
const WORDS = `service request latency error pod node queue database traffic alert restart time memory disk connection
  timeout release cluster dashboard replica load client server log metric rollout config cache thread pool limit user
  network region zone volume backup index table query lock deploy version image container probe certificate token key
  secret flag feature job schedule batch export import retry backoff circuit breaker balancer proxy route header cookie
  session login page order payment refund invoice price stock basket mail template webhook event topic partition offset
  consumer producer broker lag backlog drain scale autoscaler quota budget threshold baseline peak spike dip plateau
  slope leak heap garbage collector pause stall deadlock race loop storm flood burst throttle limiter window sample
  trace span digest histogram percentile average median counter gauge label series scrape exporter agent collector
  storage bucket object snapshot checkpoint journal segment compaction tombstone shard leader follower election quorum
  failover primary standby replication migration schema column constraint vacuum planner statistics cardinality join
  transaction isolation commit rollback cursor statement driver socket port firewall policy rule gateway tunnel packet
  loss jitter handshake resolver record domain address subnet route table mesh sidecar ingress egress namespace quota
  eviction taint affinity cordon upgrade kernel clock drift skew entropy descriptor inode mount filesystem fragment
  archive retention purge cleanup leftover orphan duplicate stale expired missing corrupt truncated unreachable slow
  hung busy idle cold warm full empty broken partial silent noisy flapping degraded healthy saturated exhausted`
  .split(/\s+/)
  .filter((word, at, all) => all.indexOf(word) === at);
/** Words there are, at most the square of those above. */
const VOCABULARY = 30_000;
const CAUSES = 'load-spike code-defect configuration capacity network dependency certificate data'.split(' ');
const SECTIONS = {
  runbook: ['Meaning', 'Impact', 'Diagnosis', 'Background', 'Mitigation', 'Verification', 'Escalation', 'Follow up'],
  incident: ['Summary', 'Impact', 'Detection', 'Root cause', 'Trigger', 'Mitigation', 'Timeline', 'Lessons'],
} as const;
const SENTENCES = 5;
const TOPIC_WORDS = 12;
/** One document in so many is a postmortem, the others are runbooks. */
const INCIDENT_EVERY = 2;
const FIRST_DAY = Date.UTC(2022, 0, 1);
const DAY_MS = 86_400_000;

export interface KnowledgeText {
  readonly path: string;
  readonly text: string;
}

/** What a document is about: a few words of its own among those that every document uses. */
interface Topic {
  readonly service: string;
  readonly words: readonly string[];
  readonly alert: string;
  readonly metric: string;
}

type Random = () => number;

function pick<T>(random: Random, items: readonly [T, ...T[]] | readonly T[]): T {
  // The lists above are not empty, and `random` stays below 1.
  return items[Math.floor(random() * items.length)] as T;
}

/**
 * The rank of a word is log-uniform: word frequencies fall like 1 / rank. Beyond the words above come words of a team's
 * own, so that a vocabulary grows with the texts as real ones do.
 */
function pickByZipf(random: Random): string {
  const rank = Math.floor(VOCABULARY ** random()) - 1;
  const word = WORDS[rank % WORDS.length] ?? '';
  return rank < WORDS.length ? word : `${word}${WORDS[Math.floor(rank / WORDS.length)] ?? ''}`;
}

/** Several documents share one topic, as years of postmortems do: one topic for about eight documents. */
function topicOf(at: number): Topic {
  const topic = Math.floor(at / 8);
  const random = createRandom(topic * 104_729 + 17);
  const service = `${SERVICES[topic % SERVICES.length]}-${pick(random, TIERS)}`;
  const words = Array.from({ length: TOPIC_WORDS }, () => pick(random, WORDS));
  const [first = '', second = ''] = words;
  return {
    service,
    words: [...words, `${first}-${second}`],
    alert: `${[service.replace('-', ' '), first, second].join(' ').replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase())}High`,
    metric: `${service.replace('-', '_')}_${first}_${second}_total`,
  };
}

function sentence(random: Random, { service, words, metric }: Topic): string {
  const said = Array.from({ length: 9 + Math.floor(random() * 8) }, () =>
    random() < 0.3 ? pick(random, words) : pickByZipf(random),
  );
  const dice = random();
  // Names and numbers that hardly any other document holds are most of a real vocabulary.
  if (dice < 0.1) said.splice(3, 0, metric);
  else if (dice < 0.2) said.splice(3, 0, service);
  else if (dice < 0.35) said.splice(4, 0, `${pick(random, WORDS)}_${pick(random, WORDS)}`);
  else if (dice < 0.5) said.splice(2, 0, String(Math.floor(random() ** 3 * 100_000)));
  else if (dice < 0.55) said.splice(2, 0, `${service}-${Math.floor(random() * 1e6).toString(36)}`);
  const [head = '', ...rest] = said;
  return `${head[0]?.toUpperCase()}${head.slice(1)} ${rest.join(' ')}.`;
}

function section(heading: string, random: Random, topic: Topic): string {
  const prose = Array.from({ length: SENTENCES }, () => sentence(random, topic)).join(' ');
  const steps = heading === 'Mitigation' ? `\n\n1. ${sentence(random, topic)}\n2. ${sentence(random, topic)}` : '';
  return `## ${heading}\n\n${prose}${steps}\n`;
}

/** Document number `at` of a knowledge base of any size, the same on every machine: about nine chunks. */
export function writeKnowledgeText(at: number): KnowledgeText {
  const random = createRandom(at * 7_919 + 3);
  const topic = topicOf(at);
  const folder = String(Math.floor(at / 100));
  if (at % INCIDENT_EVERY === 1) {
    const date = new Date(FIRST_DAY + Math.floor(random() * 1_400) * DAY_MS).toISOString().slice(0, 10);
    const title = `${topic.words.slice(0, 4).join(' ')} on ${topic.service}`;
    const front = [
      `title: ${title}`,
      `date: ${date}`,
      `services: [${topic.service}]`,
      `alerts: [${topic.alert}]`,
      `category: ${pick(random, CAUSES)}`,
      'signals:',
      `  - metric ${topic.service} ${topic.words[0]} up`,
      `  - trace ${topic.service} ${topic.words[1]} latency`,
    ];
    const body = SECTIONS.incident.map((heading) => section(heading, random, topic)).join('\n');
    return { path: `incidents/${folder}/${date}-${at}.md`, text: `---\n${front.join('\n')}\n---\n\n${body}` };
  }
  const body = SECTIONS.runbook.map((heading) => section(heading, random, topic)).join('\n');
  return {
    path: `runbooks/${topic.service}-${folder}/${topic.alert}${at}.md`,
    text: `# ${topic.alert}${at}\n\n${body}`,
  };
}

/** A few services that know each other, so that topology has something to say. */
function writeTopology(): KnowledgeText {
  const names = SERVICES.flatMap((service) => TIERS.map((tier) => `${service}-${tier}`));
  const nodes = names.map((name, at) => {
    const next = names[(at * 7 + 1) % names.length];
    return `  - name: ${name}\n    description: ${name} serves ${SERVICES[at % SERVICES.length]}\n    dependsOn:\n      - { service: ${next}, kind: sync }`;
  });
  return { path: 'topology/shop.yaml', text: `system: shop\n\nservices:\n${nodes.join('\n')}\n` };
}

export async function writeSearchKnowledge(root: string, documents: number): Promise<void> {
  const write = async ({ path, text }: KnowledgeText) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await write(writeTopology());
  for (let at = 0; at < documents; at++) await write(writeKnowledgeText(at));
}

/** Three words, as somebody in a hurry types them. */
export function writeQuestion(at: number, documents: number): string {
  const random = createRandom(at * 31_337 + 5);
  const { service, words } = topicOf(Math.floor(random() * documents));
  return `${service} ${pick(random, words)} ${pick(random, words)}`;
}

export interface AlertText {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly generatorURL: string;
}

/** An alert as a sender sends it: some sixty words, with an expression, and a name that no document bears. */
export function writeAlert(at: number, documents: number): AlertText {
  const random = createRandom(at * 65_537 + 11);
  const topic = topicOf(Math.floor(random() * documents));
  const description = Array.from({ length: 4 }, () => sentence(random, topic)).join(' ');
  const expression = `sum(rate(${topic.metric}{namespace="shop"}[5m])) by (service) > ${Math.floor(random() * 1_000)}`;
  return {
    labels: { alertname: `Rule${at}`, namespace: 'shop', service: topic.service, severity: 'critical' },
    annotations: { summary: `${topic.service}: ${topic.words.slice(0, 3).join(' ')}`, description },
    generatorURL: `http://prometheus.example.com/graph?g0.expr=${encodeURIComponent(expression)}&g0.tab=1`,
  };
}
