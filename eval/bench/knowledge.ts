import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandom } from './random.ts';

const SERVICES = [
  'checkout',
  'orders',
  'payments',
  'catalogue',
  'search',
  'mailer',
  'gateway',
  'ledger',
  'stock',
  'web',
];
const NOUNS = [
  ...['queue', 'connection pool', 'replica', 'cache', 'certificate', 'disk', 'node', 'deployment', 'request', 'index'],
  ...['timeout', 'retry', 'lock', 'backlog', 'worker', 'topic', 'thread', 'session', 'volume', 'quota'],
];
const VERBS = [
  'grows',
  'fills up',
  'expires',
  'stalls',
  'restarts',
  'times out',
  'is drained',
  'is scaled',
  'recovers',
];
const REASONS = [
  ...['because traffic doubled', 'after a release', 'when the primary fails over', 'while a migration runs'],
  ...['under sustained load', 'since a flag was turned on', 'once the nightly export begins', 'behind a slow client'],
];
const HEADINGS = [
  'Meaning',
  'Impact',
  'Diagnosis',
  'Mitigation',
  'Background',
  'Verification',
  'Escalation',
  'Follow up',
];
const SENTENCES = 6;

/** Knowledge of any size in words of our own, the same on every machine: document `at` is the same whoever asks. */
export function writeDocument(at: number, edition = 0): { readonly path: string; readonly text: string } {
  const random = createRandom(at * 7_919 + edition);
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  const service = SERVICES[at % SERVICES.length] ?? '';
  const sentence = () =>
    `The ${pick(NOUNS)} of ${pick(SERVICES)} ${pick(VERBS)} ${pick(REASONS)}, and number ${Math.floor(random() * 1e6)} tells how far.`;
  const section = (heading: string) => {
    const prose = Array.from({ length: SENTENCES }, sentence).join(' ');
    const steps = heading === 'Mitigation' ? `\n\n1. ${sentence()}\n2. ${sentence()}` : '';
    return `## ${heading}\n\n${prose}${steps}\n`;
  };
  const name = `Alert${at}High`;
  const folder = Math.floor(at / 100);
  return {
    path: `runbooks/${service}-${folder}/${name}.md`,
    text: `# ${name}\n\n${HEADINGS.map(section).join('\n')}`,
  };
}

export async function writeKnowledge(root: string, documents: number): Promise<void> {
  for (let at = 0; at < documents; at++) {
    const { path, text } = writeDocument(at);
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
