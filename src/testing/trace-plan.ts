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

export type Fault =
  /** Own time of every span of the service grows; `share` of the requests is hit. */
  | { readonly kind: 'latency'; readonly service: string; readonly addMs: number; readonly share?: number }
  /** Requests wait in the server span before work begins. */
  | { readonly kind: 'queueing'; readonly service: string; readonly addMs: number; readonly share?: number }
  /** Everything in and out of the service is slower on the wire. */
  | { readonly kind: 'network'; readonly service: string; readonly addMs: number; readonly share?: number }
  /** Fails before calling anyone; its callers fail too. */
  | { readonly kind: 'error'; readonly service: string; readonly share?: number }
  /** Returns early without doing its work, and says nothing. */
  | { readonly kind: 'return'; readonly service: string; readonly share?: number }
  /** Never answers: no server span, the caller gives up after `timeoutMs`. */
  | { readonly kind: 'drop'; readonly service: string; readonly timeoutMs: number; readonly share?: number };

export interface WindowPlan {
  readonly seed: number;
  readonly root: ServiceCall | readonly ServiceCall[];
  readonly traces: number;
  readonly startsAt: Date;
  /** Requests per second. */
  readonly rate?: number;
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
