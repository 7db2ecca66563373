/**
 * Traces of a made-up service tree, with faults whose culprit is known: the ground that constants are chosen on and
 * tests stand on. Deterministic: the same seed writes the same bytes. Writes Jaeger JSON.
 */
import type { Fault, ServiceCall, WindowPlan } from './trace-plan.ts';
import { createRandom, gaussian, type Random } from './trace-random.ts';
import { createWorkers, type Workers } from './trace-workers.ts';

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

export function buildJaegerTraces(plan: WindowPlan): { data: JaegerTraceJson[] } {
  const random = createRandom(plan.seed);
  const roots = 'service' in plan.root ? [plan.root] : plan.root;
  const data: JaegerTraceJson[] = [];
  const workers = createWorkers(plan.workers ?? {});
  let startUs = plan.startsAt.getTime() * 1000;
  for (let index = 0; index < plan.traces; index++) {
    const root = roots[Math.floor(random() * roots.length)];
    const own = plan.isIndependent ? createRandom(plan.seed * 65_537 + index) : random;
    if (root) data.push(new TraceWriter({ plan, random: own, workers }, Math.round(startUs)).write(root));
    startUs += (1e6 / (plan.rate ?? 1)) * (plan.arrivals === 'random' ? -Math.log(1 - random()) : 0.8 + 0.4 * random());
  }
  return { data };
}

const HEX_DIGITS = '0123456789abcdef';

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

/** What all requests of a window share. */
interface Stage {
  readonly plan: WindowPlan;
  readonly random: Random;
  readonly workers: Workers;
}

interface Outcome {
  readonly endUs: number;
  readonly isError: boolean;
}

/** Plays one request and writes its spans down. */
class TraceWriter {
  private readonly plan: WindowPlan;
  private readonly random: Random;
  private readonly workers: Workers;
  private readonly startUs: number;
  private readonly traceId: string;
  private readonly spans: JaegerSpanJson[] = [];
  /** Of each service in the order in which they came up. */
  private readonly processes = new Map<string, string>();
  /** A fault hits a request or it does not; every span of the request agrees. */
  private readonly faults: readonly Fault[];

  constructor({ plan, random, workers }: Stage, startUs: number) {
    this.plan = plan;
    this.random = random;
    this.workers = workers;
    this.startUs = startUs;
    this.traceId = this.hex(32);
    // Drawn for every fault, begun or not: windows that differ in its beginning alone are the same before it.
    const hits = (plan.faults ?? []).filter((fault) => random() < (fault.share ?? 1));
    this.faults = hits.filter(({ since }) => since === undefined || startUs >= since.getTime() * 1000);
  }

  write(root: ServiceCall): JaegerTraceJson {
    this.serve(root, this.startUs, undefined);
    const processes = Object.fromEntries([...this.processes].map(([serviceName, id]) => [id, { serviceName }]));
    const spans = this.spans.filter(() => this.random() >= (this.plan.lostShare ?? 0));
    return { traceID: this.traceId, spans, processes };
  }

  /** The called side: waits in the queue, works, calls others, works again. */
  private serve(call: ServiceCall, startUs: number, parentId: string | undefined): Outcome {
    const spanId = this.hex(16);
    const ownUs = this.us(this.noisy(call.ownMs) / 2);
    const begunUs = this.waitForWorker(call, startUs) + ownUs + this.us(this.faultMs('queueing', call.service));
    const fails = this.has('error', call.service) || this.isFlaky(call.service);
    const done =
      fails || this.has('return', call.service)
        ? { endUs: begunUs, isError: fails }
        : this.callOthers(call, this.work(call, begunUs, spanId), spanId);
    const endUs = done.endUs + ownUs;
    this.emit({ ...call, kind: kindOf(call, parentId), spanId, parentId, startUs, endUs, isError: done.isError });
    return { endUs, isError: done.isError };
  }

  /** A worker is taken for about as long as the work will be; waiting for other services holds none. */
  private waitForWorker({ service, ownMs, work = [] }: ServiceCall, arrivedUs: number): number {
    if (this.plan.workers?.[service] === undefined) return arrivedUs;
    const busyMs = work.reduce((sum, { ms }) => sum + ms, ownMs);
    return this.workers.take(service, arrivedUs, this.us(this.noisy(busyMs)));
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

  private call(caller: ServiceCall, next: ServiceCall, startUs: number, parentId: string): Outcome {
    let outcome = this.attempt(caller, next, startUs, parentId);
    for (let tried = 1; outcome.isError && tried < (this.plan.attempts?.[next.service] ?? 1); tried++)
      outcome = this.attempt(caller, next, outcome.endUs, parentId);
    return outcome;
  }

  /** The calling side: a client span around the wire and the other service. */
  private attempt(caller: ServiceCall, next: ServiceCall, startUs: number, parentId: string): Outcome {
    const clientId = next.through ? this.hex(16) : parentId;
    const outcome = this.giveUp(caller, startUs, this.reach(caller, next, startUs, clientId));
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

  private giveUp(caller: ServiceCall, startUs: number, outcome: Outcome): Outcome {
    const { deadline } = this.plan;
    if (deadline?.service !== caller.service) return outcome;
    const latestUs = startUs + this.us(deadline.ms);
    return outcome.endUs > latestUs ? { endUs: latestUs, isError: true } : outcome;
  }

  private publish(caller: ServiceCall, next: ServiceCall, startUs: number, parentId: string): Outcome {
    const producerId = this.hex(16);
    const endUs = startUs + this.us(this.noisy(0.5));
    const name = next.through ?? `publish-${next.service}`;
    const span = { service: caller.service, operation: name, kind: 'producer', spanId: producerId } as const;
    this.emit({ ...span, parentId, startUs, endUs });
    const lagMs = this.faultMs('lag', next.service);
    if (!this.has('drop', next.service)) this.serve(next, endUs + this.us(this.noisy(5) + lagMs), producerId);
    return { endUs, isError: false };
  }

  private emit(span: EmittedSpan): void {
    const skewUs = Math.round((this.plan.skewMs?.[span.service] ?? 0) * 1000);
    const processID = this.processes.get(span.service) ?? `p${this.processes.size + 1}`;
    this.processes.set(span.service, processID);
    const tags: JaegerSpanJson['tags'][number][] = [];
    if (!this.plan.isUntagged) tags.push({ key: 'span.kind', type: 'string', value: span.kind });
    if (span.isError && !this.plan.silent?.includes(span.service))
      tags.push({ key: 'error', type: 'bool', value: true });
    const parent = { refType: 'CHILD_OF', traceID: this.traceId, spanID: span.parentId ?? '' };
    this.spans.push({
      traceID: this.traceId,
      spanID: span.spanId,
      operationName: span.operation,
      references: span.parentId === undefined ? [] : [parent],
      startTime: span.startUs + skewUs,
      duration: span.endUs - span.startUs,
      tags,
      processID,
    });
  }

  private has(kind: Fault['kind'], service: string): boolean {
    return this.faults.some((fault) => fault.kind === kind && fault.service === service);
  }

  private isFlaky(service: string): boolean {
    return this.faults.some(
      (fault) => fault.kind === 'flaky' && fault.service === service && this.random() < fault.failShare,
    );
  }

  private faultMs(kind: 'latency' | 'queueing' | 'network' | 'lag', service: string): number {
    let sum = 0;
    for (const fault of this.faults) {
      if (fault.kind === kind && fault.service === service) sum += fault.addMs * (0.6 + 0.8 * this.random());
    }
    return sum;
  }

  private noisy(ms: number): number {
    return ms * Math.exp((this.plan.noise ?? 0.15) * gaussian(this.random));
  }

  private us(ms: number): number {
    return Math.max(1, Math.round(ms * 1000));
  }

  private hex(length: number): string {
    // Flat strings: hundreds of thousands of ids made of single letters keep the garbage collector busy.
    const codes = Array.from({ length }, () => HEX_DIGITS.charCodeAt(Math.floor(this.random() * 16)));
    return String.fromCharCode(...codes);
  }
}
