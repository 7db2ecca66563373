import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from './random.ts';

const SERVICES = 24;
const CATEGORIES = ['cpu', 'memory', 'network', 'disk', 'defect', 'config'];
/** What a category does to the service itself, and what its callers notice. */
const OWN_SIGNALS = 5;
const CALLER_SIGNALS = 3;
const BACKGROUND = 4;

export interface Lesson {
  readonly service: string;
  readonly category: string;
  readonly signals: readonly string[];
}

/** An incident with a cause and with what was anomalous: what causes are learnt from. The same on every machine. */
export function writeLesson(at: number): Lesson {
  const random = createRandom(at * 9_176 + 29);
  const draw = (count: number) => Math.floor(random() * count);
  const culprit = draw(SERVICES);
  const service = nameOf(culprit);
  const category = CATEGORIES[draw(CATEGORIES.length)] ?? '';
  const signals = [
    ...Array.from({ length: OWN_SIGNALS }, () => `metric ${service} ${category}_${draw(OWN_SIGNALS)} up`),
    ...Array.from(
      { length: CALLER_SIGNALS },
      (_, hop) => `trace ${nameOf(culprit + hop + 1)} get_${draw(3)}>${service} latency`,
    ),
    ...Array.from({ length: BACKGROUND }, () => `log ${nameOf(draw(SERVICES))} line_${draw(8)} new`),
  ];
  return { service, category, signals: [...new Set(signals)] };
}

export async function writeLessons(root: string, count: number): Promise<void> {
  const folder = join(root, 'incidents', 'lessons');
  await mkdir(folder, { recursive: true });
  for (let at = 0; at < count; at++) {
    const { service, category, signals } = writeLesson(at);
    const rootCause = { service, summary: `${category} at ${service}` };
    const front = JSON.stringify({ services: [service], category, rootCause, signals });
    await writeFile(join(folder, `lesson-${at}.md`), `---\n${front}\n---\n# Lesson ${at}\n`);
  }
}

function nameOf(at: number): string {
  return `shop-${at % SERVICES}`;
}
