/** What a made-up window of traces holds: the service tree, the load, and the faults with their culprits. */
export interface ServiceCall {
  readonly service: string;
  readonly operation: string;
  /** Time spent in the server span itself. */
  readonly ownMs: number;
  /** Internal spans of the same service, one after the other. */
  readonly work?: readonly { readonly operation: string; readonly ms: number }[];
  readonly calls?: readonly ServiceCall[];
  /** The caller's client span; without it the caller's own span is the parent. */
  readonly through?: string;
  /** Handed over through a broker: the caller does not wait. */
  readonly isAsync?: boolean;
  /** How often a request makes this call; always, when absent. */
  readonly probability?: number;
  readonly kind?: 'client' | 'server';
}

interface FaultTarget {
  readonly service: string;
  /** How many of the requests are hit; all, when absent. */
  readonly share?: number;
  /** Requests that began earlier are spared. */
  readonly since?: Date;
}

export type Fault =
  /** Own time of every span of the service grows. */
  | (FaultTarget & { readonly kind: 'latency'; readonly addMs: number })
  /** Requests wait in the server span before work begins. */
  | (FaultTarget & { readonly kind: 'queueing'; readonly addMs: number })
  /** Everything in and out of the service is slower on the wire. */
  | (FaultTarget & { readonly kind: 'network'; readonly addMs: number })
  /** Messages to the service wait in the broker. */
  | (FaultTarget & { readonly kind: 'lag'; readonly addMs: number })
  /** Fails before calling anyone; its callers fail too. */
  | (FaultTarget & { readonly kind: 'error' })
  /** Like `error`, but each call has a chance of its own, so that trying again can help. */
  | (FaultTarget & { readonly kind: 'flaky'; readonly failShare: number })
  /** Returns early without doing its work, and says nothing. */
  | (FaultTarget & { readonly kind: 'return' })
  /** Never answers: no server span, the caller gives up after `timeoutMs`. */
  | (FaultTarget & { readonly kind: 'drop'; readonly timeoutMs: number });

export interface WindowPlan {
  readonly seed: number;
  readonly root: ServiceCall | readonly ServiceCall[];
  readonly traces: number;
  readonly startsAt: Date;
  /** Requests per second. */
  readonly rate?: number;
  /** `regular`, when absent: gaps vary by a fifth. `random`: they come as they please (Poisson), in clumps too. */
  readonly arrivals?: 'regular' | 'random';
  /** Every request draws from a sequence of its own: what happens to one leaves the others as they are. */
  readonly isIndependent?: boolean;
  /** Services that do so many things at a time; whatever else arrives waits in its server span, first come, first served. */
  readonly workers?: Readonly<Record<string, number>>;
  /** Failing calls to a service are tried so often in all. */
  readonly attempts?: Readonly<Record<string, number>>;
  /** A caller that does not wait longer than this, and fails instead; those it called go on. */
  readonly deadline?: { readonly service: string; readonly ms: number };
  /** Services that write no error into their spans, even when they fail. */
  readonly silent?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Spread of every duration, as the sigma of a log-normal. */
  readonly noise?: number;
  readonly networkMs?: number;
  /** Share of spans that never arrived at the collector. */
  readonly lostShare?: number;
  /** Clock error per service. */
  readonly skewMs?: Readonly<Record<string, number>>;
  /** Old instrumentation writes no `span.kind`. */
  readonly isUntagged?: boolean;
}
