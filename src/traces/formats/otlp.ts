import { findAttribute, findAttributeMistake } from './otlp-attributes.ts';
import { toOtlpSpan } from './otlp-span.ts';
import { expected, isFields, isMissing, pickFields, type RawFields } from './raw-fields.ts';
import { PIECE_SPANS, type SpanCollector } from './span-collector.ts';

/**
 * One `resourceSpans` of OTLP JSON (opentelemetry-proto), or of what Tempo makes of it: the resource names the service,
 * the scopes hold the spans. Either may come first.
 */
export interface OtlpResource {
  /** Whether spans can be read already: they need what may come after them. */
  isReady(): boolean;
  /** Any field of the resource but its scopes. */
  setField(name: string, value: unknown): void;
  /** The next scope, with its fields but for its spans; those that are not known yet may be filled in until it ends. */
  startScope(fields: RawFields): void;
  addSpans(spans: unknown): void;
  endScope(): void;
  end(): void;
}

/** The later name follows the earlier one. */
export const SCOPES_FIELDS: ReadonlySet<string> = new Set(['scopeSpans', 'instrumentationLibrarySpans']);
/** What says whose spans a scope holds. */
export const SCOPE_FIELDS = ['scope', 'instrumentationLibrary'];

interface ScopePart {
  readonly fields: Record<string, unknown>;
  readonly spans: unknown[];
}

export function createOtlpResource(collector: SpanCollector, path: string): OtlpResource {
  const fields: Record<string, unknown> = Object.create(null);
  let service = '';
  let scopeFields: RawFields = {};
  let scopes = -1;
  let seen = 0;
  let part: ScopePart[] = [];
  let partSpans = 0;

  return {
    isReady: () => 'resource' in fields,
    setField(name, value) {
      fields[name] = value;
      if (name === 'resource') service = readService(value);
    },
    startScope(next) {
      scopes++;
      seen = 0;
      scopeFields = next;
      part.push({ fields: {}, spans: [] });
    },
    addSpans(spans) {
      if (isMissing(spans)) return;
      if (!Array.isArray(spans)) {
        collector.refuse(`${path}.scopeSpans[${scopes}]`, expected('spans', 'an array', spans));
        return;
      }
      for (const span of spans) addSpan(span);
    },
    endScope() {
      Object.assign(part.at(-1)?.fields ?? {}, scopeFields);
    },
    end() {
      collector.give({ ...fields, scopeSpans: part.map(joinScope) }, partSpans);
    },
  };

  function addSpan(raw: unknown): void {
    const index = seen++;
    const span = toOtlpSpan(raw, service, collector.names);
    if ('message' in span) {
      const spanId = isFields(raw) ? raw['spanId'] : undefined;
      collector.refuse(`${path}.scopeSpans[${scopes}].spans[${index}]`, span, spanId);
    } else collector.add(span);
    if (!collector.wantsPieces) return;
    if (partSpans === PIECE_SPANS) giveFullPart();
    part.at(-1)?.spans.push(raw);
    partSpans++;
  }

  /** The scope goes on in the next part, which has to say again whose spans these are. */
  function giveFullPart(): void {
    Object.assign(part.at(-1)?.fields ?? {}, pickFields(scopeFields, SCOPE_FIELDS));
    collector.give({ ...pickFields(fields, ['resource']), scopeSpans: part.map(joinScope) }, partSpans);
    part = [{ fields: {}, spans: [] }];
    partSpans = 0;
  }

  function readService(resource: unknown): string {
    if (isMissing(resource)) return '';
    if (!isFields(resource)) {
      collector.refuse(path, expected('resource', 'an object', resource));
      return '';
    }
    const mistake = findAttributeMistake(resource['attributes']);
    if (mistake) collector.refuse(`${path}.resource`, mistake);
    return mistake ? '' : (findAttribute(resource['attributes'], 'service.name') ?? '');
  }
}

/** A resource that is there as a whole. */
export function addOtlpResource(collector: SpanCollector, raw: unknown, path: string): void {
  if (!isFields(raw)) {
    collector.refuse(path, expected('', 'an object', raw));
    return;
  }
  const resource = createOtlpResource(collector, path);
  for (const [name, value] of Object.entries(raw)) if (!SCOPES_FIELDS.has(name)) resource.setField(name, value);
  for (const name of SCOPES_FIELDS) addOtlpScopes(collector, resource, raw[name], `${path}.${name}`);
  resource.end();
}

function addOtlpScopes(collector: SpanCollector, resource: OtlpResource, scopes: unknown, path: string): void {
  if (isMissing(scopes)) return;
  if (!Array.isArray(scopes)) {
    collector.refuse(path, expected('', 'an array', scopes));
    return;
  }
  for (const [index, scope] of scopes.entries()) {
    if (isFields(scope)) addOtlpScope(collector, resource, scope);
    else collector.refuse(`${path}[${index}]`, expected('', 'an object', scope));
  }
}

/** A scope that is there as a whole. */
export function addOtlpScope(collector: SpanCollector, resource: OtlpResource, scope: RawFields): void {
  const { spans, ...fields } = scope;
  resource.startScope(fields);
  if (Array.isArray(spans)) collector.expect(spans.length);
  resource.addSpans(spans);
  resource.endScope();
}

/** Whether it is known whose spans the scope holds. */
export function isScopeNamed(fields: RawFields): boolean {
  return SCOPE_FIELDS.some((name) => name in fields);
}

function joinScope({ fields, spans }: ScopePart): RawFields {
  return { ...fields, spans };
}
