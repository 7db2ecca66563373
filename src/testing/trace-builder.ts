/**
 * Traces of a made-up service tree, with faults whose culprit is known: the ground that constants are chosen on and
 * tests stand on. Deterministic: the same seed writes the same bytes. Writes Jaeger JSON.
 */
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';

export interface JaegerSpanJson {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly tags: readonly { readonly key: string; readonly type: string; readonly value: string | boolean }[];
  readonly processID: string;
}
export interface JaegerTraceJson {
  readonly traceID: string;
  readonly spans: readonly JaegerSpanJson[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

export type Random = () => number;

/** mulberry32: 32 bits of state are plenty for test data, and every engine computes the same. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function buildJaegerTraces(plan: WindowPlan): { data: JaegerTraceJson[] } {
  const random = createRandom(plan.seed);
  const roots = 'service' in plan.root ? [plan.root] : plan.root;
  const data: JaegerTraceJson[] = [];
  let startUs = plan.startsAt.getTime() * 1000;
  for (let index = 0; index < plan.traces; index++) {
    const root = roots[Math.floor(random() * roots.length)];
    if (root) data.push(new TraceWriter(plan, random).write(root, Math.round(startUs)));
    startUs += (1e6 / (plan.rate ?? 1)) * (0.8 + 0.4 * random());
  }
  return { data };
}

interface EmittedSpan {
  readonly service: string;
  readonly operation: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly startUs: number;
  readonly endUs: number;
  readonly isError?: boolean;
}

function kindOf(call: ServiceCall, parentId: string | undefined): EmittedSpan['kind'] {
  if (parentId === undefined) return call.kind ?? 'server';
  return call.isAsync ? 'consumer' : 'server';
}

interface Outcome {
  readonly endUs: number;
  readonly isError: boolean;
}

/** Plays one request and writes its spans down. */
class TraceWriter {
  private readonly plan: WindowPlan;
  private readonly random: Random;
  private readonly traceId: string;
  private readonly spans: JaegerSpanJson[] = [];
  /** A fault hits a request or it does not; every span of the request agrees. */
  private readonly faults: readonly Fault[];

  constructor(plan: WindowPlan, random: Random) {
    this.plan = plan;
    this.random = random;
    this.traceId = this.hex(32);
    this.faults = (plan.faults ?? []).filter((fault) => random() < (fault.share ?? 1));
  }

  write(root: ServiceCall, startUs: number): JaegerTraceJson {
    this.serve(root, startUs, undefined);
    const services = [...new Set(this.spans.map((span) => span.processID))];
    const processes = Object.fromEntries(services.map((name, index) => [`p${index + 1}`, { serviceName: name }]));
    const spans = this.spans
      .filter(() => this.random() >= (this.plan.lostShare ?? 0))
      .map((span) => ({ ...span, processID: `p${services.indexOf(span.processID) + 1}` }));
    return { traceID: this.traceId, spans, processes };
  }

  /** The called side: waits in the queue, works, calls others, works again. */
  private serve(call: ServiceCall, startUs: number, parentId: string | undefined): Outcome {
    const spanId = this.hex(16);
    const ownUs = this.us(this.noisy(call.ownMs) / 2);
    const begunUs = startUs + ownUs + this.us(this.faultMs('queueing', call.service));
    const fails = this.has('error', call.service);
    const done =
      fails || this.has('return', call.service)
        ? { endUs: begunUs, isError: fails }
        : this.callOthers(call, this.work(call, begunUs, spanId), spanId);
    const endUs = done.endUs + ownUs;
    this.emit({ ...call, kind: kindOf(call, parentId), spanId, parentId, startUs, endUs, isError: done.isError });
    return { endUs, isError: done.isError };
  }

  /** Slow work shows in the inner spans where there are any, else in the server span itself. */
  private work(call: ServiceCall, startUs: number, parentId: string): number {
    const { service, work = [] } = call;
    let at = startUs;
    for (const { operation, ms } of work) {
      const endUs = at + this.us(this.noisy(ms) + this.faultMs('latency', service) / work.length);
      this.emit({ service, operation, kind: 'internal', spanId: this.hex(16), parentId, startUs: at, endUs });
      at = endUs + this.us(0.02);
    }
    return work.length > 0 ? at : at + this.us(this.faultMs('latency', service));
  }

  /** One after the other, until one fails. */
  private callOthers(call: ServiceCall, startUs: number, spanId: string): Outcome {
    let at = startUs;
    for (const next of call.calls ?? []) {
      if (this.random() >= (next.probability ?? 1)) continue;
      const outcome = next.isAsync ? this.publish(call, next, at, spanId) : this.call(call, next, at, spanId);
      at = outcome.endUs;
      if (outcome.isError) return outcome;
    }
    return { endUs: at, isError: false };
  }

  /** The calling side: a client span around the wire and the other service. */
  private call(caller: ServiceCall, next: ServiceCall, startUs: number, parentId: string): Outcome {
    const clientId = next.through ? this.hex(16) : parentId;
    const outcome = this.reach(caller, next, startUs, clientId);
    if (next.through) {
      const span = { service: caller.service, operation: next.through, kind: 'client', spanId: clientId } as const;
      this.emit({ ...span, ...outcome, parentId, startUs });
    }
    return outcome;
  }

  private reach(caller: ServiceCall, next: ServiceCall, startUs: number, clientId: string): Outcome {
    const drop = this.faults.find((fault) => fault.kind === 'drop' && fault.service === next.service);
    if (drop?.kind === 'drop') return { endUs: startUs + this.us(this.noisy(drop.timeoutMs)), isError: true };
    const extra = this.faultMs('network', next.service) + this.faultMs('network', caller.service);
    const oneWay = () => this.us(this.noisy(this.plan.networkMs ?? 0.3) + extra / 2);
    const outcome = this.serve(next, startUs + oneWay(), clientId);
    return { endUs: outcome.endUs + oneWay(), isError: outcome.isError };
  }

  private publish(caller: ServiceCall, next: ServiceCall, startUs: number, parentId: string): Outcome {
    const producerId = this.hex(16);
    const endUs = startUs + this.us(this.noisy(0.5));
    const name = next.through ?? `publish-${next.service}`;
    const span = { service: caller.service, operation: name, kind: 'producer', spanId: producerId } as const;
    this.emit({ ...span, parentId, startUs, endUs });
    if (!this.has('drop', next.service)) this.serve(next, endUs + this.us(this.noisy(5)), producerId);
    return { endUs, isError: false };
  }

  private emit(span: EmittedSpan): void {
    const skewUs = Math.round((this.plan.skewMs?.[span.service] ?? 0) * 1000);
    const tags: JaegerSpanJson['tags'][number][] = [];
    if (!this.plan.isUntagged) tags.push({ key: 'span.kind', type: 'string', value: span.kind });
    if (span.isError) tags.push({ key: 'error', type: 'bool', value: true });
    const parent = { refType: 'CHILD_OF', traceID: this.traceId, spanID: span.parentId ?? '' };
    this.spans.push({
      traceID: this.traceId,
      spanID: span.spanId,
      operationName: span.operation,
      references: span.parentId === undefined ? [] : [parent],
      startTime: span.startUs + skewUs,
      duration: span.endUs - span.startUs,
      tags,
      // The service's name stands in until `write` numbers the processes.
      processID: span.service,
    });
  }

  private has(kind: Fault['kind'], service: string): boolean {
    return this.faults.some((fault) => fault.kind === kind && fault.service === service);
  }

  private faultMs(kind: 'latency' | 'queueing' | 'network', service: string): number {
    let sum = 0;
    for (const fault of this.faults) {
      if (fault.kind === kind && fault.service === service) sum += fault.addMs * (0.6 + 0.8 * this.random());
    }
    return sum;
  }

  private noisy(ms: number): number {
    // Box–Muller; 1 − random() keeps the logarithm finite.
    const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random());
    return ms * Math.exp((this.plan.noise ?? 0.15) * normal);
  }

  private us(ms: number): number {
    return Math.max(1, Math.round(ms * 1000));
  }

  private hex(length: number): string {
    let text = '';
    while (text.length < length) text += Math.floor(this.random() * 16).toString(16);
    return text;
  }
}
