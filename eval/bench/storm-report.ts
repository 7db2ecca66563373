import { percentilesOf, toTable } from './search-figures.ts';
import { STORM_SENDERS } from './storm-alerts.ts';
import type { Followed, Posted, StormAnswer } from './storm-measure.ts';

/** What a storm may take: docs/intake.md. */
export const STORM_BARS = { p99Ms: 250, diagnoses: 20, memoryGrowth: 1.25 } as const;

export interface StormFigures {
  readonly posted: Posted;
  readonly followed: Followed;
  readonly diagnoses: number;
}

export function renderStorm({ posted, followed, diagnoses }: StormFigures): string {
  const growth = growthOf(posted.memory);
  const answered = followed.byStatus.get(200) ?? 0;
  const taken = posted.answers.filter(({ location }) => location !== undefined).length;
  const missed = (isMissed: boolean) => (isMissed ? ' ✗' : '');
  return [
    renderSenders(posted.answers),
    toTable(
      ['accepted', 'answered in the end', 'after the last alert, s', 'diagnoses', 'memory, MB', 'last ÷ first third'],
      [
        [
          `${taken}${missed(taken < posted.answers.length)}`,
          `${answered}${missed(answered < taken)}`,
          followed.seconds.toFixed(0),
          `${diagnoses}${missed(diagnoses > STORM_BARS.diagnoses)}`,
          Math.max(...posted.memory.map(([, mb]) => mb)).toFixed(0),
          `${growth.toFixed(2)}${missed(growth > STORM_BARS.memoryGrowth)}`,
        ],
      ],
    ),
  ].join('\n\n');
}

function renderSenders(answers: readonly StormAnswer[]): string {
  const rows = STORM_SENDERS.map(({ name, deadlineMs }) => {
    const own = answers.filter(({ sender }) => sender.name === name);
    const { p50, p95, p99 } = percentilesOf(own.map(({ ms }) => ms));
    const longest = Math.max(...own.map(({ ms }) => ms));
    const late = own.filter(({ ms }) => ms > deadlineMs).length;
    const refused = own.filter(({ status }) => status !== 202).length;
    return [
      name,
      String(own.length),
      p50.toFixed(0),
      p95.toFixed(0),
      `${p99.toFixed(0)}${p99 > STORM_BARS.p99Ms ? ' ✗' : ''}`,
      longest.toFixed(0),
      `${late}${late > 0 ? ' ✗' : ''}`,
      `${refused}${refused > 0 ? ' ✗' : ''}`,
    ];
  });
  return toTable(['sender', 'alerts', 'p50, ms', 'p95', 'p99', 'longest', 'past its deadline', 'not 202'], rows);
}

/** Median of the last third against that of the first. */
function growthOf(memory: Posted['memory']): number {
  const third = Math.max(1, Math.floor(memory.length / 3));
  const median = (part: Posted['memory']) =>
    part.map(([, mb]) => mb).sort((a, b) => a - b)[Math.floor(part.length / 2)];
  return (median(memory.slice(-third)) ?? Number.NaN) / (median(memory.slice(0, third)) ?? Number.NaN);
}
