/** Threads of services that have few: who finds none free waits. */
export interface Workers {
  /** When the work of a request that arrives now can begin; it then holds a worker for `busyUs`. */
  take(service: string, arrivedUs: number, busyUs: number): number;
}

interface Busy {
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * Requests are played one after the other, each to its end, though in time they overlap: a worker keeps a diary, and a
 * request may use a hole in it that is long enough.
 */
export function createWorkers(counts: Readonly<Record<string, number>>): Workers {
  const diaries = new Map(
    Object.entries(counts).map(([service, count]) => [service, Array.from({ length: count }, (): Busy[] => [])]),
  );
  return {
    take(service, arrivedUs, busyUs) {
      let best: { readonly diary: Busy[]; readonly fromUs: number } | undefined;
      for (const diary of diaries.get(service) ?? []) {
        const fromUs = findHole(diary, arrivedUs, busyUs);
        if (!best || fromUs < best.fromUs) best = { diary, fromUs };
      }
      if (!best) return arrivedUs;
      insert(best.diary, { fromUs: best.fromUs, untilUs: best.fromUs + busyUs });
      return best.fromUs;
    },
  };
}

function findHole(diary: readonly Busy[], arrivedUs: number, busyUs: number): number {
  let fromUs = arrivedUs;
  for (const busy of diary) {
    if (busy.fromUs >= fromUs + busyUs) break;
    fromUs = Math.max(fromUs, busy.untilUs);
  }
  return fromUs;
}

function insert(diary: Busy[], entry: Busy): void {
  const later = diary.findIndex((busy) => busy.fromUs > entry.fromUs);
  diary.splice(later < 0 ? diary.length : later, 0, entry);
}
