import type { TraceFormat } from '../../domain/snapshot.ts';
import { SCOPE_FIELDS } from '../formats/otlp.ts';
import { isFields, pickFields, type RawFields } from '../formats/raw-fields.ts';

/** Spans under one head: those of a Jaeger trace, or of one scope of OTLP's. */
interface Group {
  readonly fields: RawFields;
  /** What each part of it must say again, so that it is known whose spans these are. */
  readonly repeated: RawFields;
  readonly spans: readonly unknown[];
}

type Build = (groups: readonly RawFields[], isLast: boolean) => unknown;

/**
 * A piece in parts of at most so many characters of JSON, each with at least one span; a part that is split again is
 * itself. What is repeated may be long: then a part has as much of spans, so that all parts together are no more than
 * twice the piece.
 */
export function splitPiece(format: TraceFormat, content: unknown, maxChars: number): unknown[] {
  if (!isFields(content)) return [content];
  if (format === 'jaeger') return splitTrace(content, maxChars);
  return format === 'otlp' ? splitResource(content, maxChars) : [content];
}

function splitTrace(trace: RawFields, maxChars: number): unknown[] {
  const { spans, ...fields } = trace;
  if (!Array.isArray(spans)) return [trace];
  const group = { fields, repeated: pickFields(fields, ['traceID', 'processes']), spans };
  return splitGroups([group], maxChars, 0, ([part]) => part);
}

function splitResource(resource: RawFields, maxChars: number): unknown[] {
  const { scopeSpans, ...fields } = resource;
  if (!Array.isArray(scopeSpans) || !scopeSpans.every(isScope)) return [resource];
  const groups = scopeSpans.map(({ spans, ...scope }) => {
    return { fields: scope, repeated: pickFields(scope, SCOPE_FIELDS), spans };
  });
  const repeated = pickFields(fields, ['resource']);
  return splitGroups(groups, maxChars, lengthOf(repeated), (parts, isLast) => {
    return { ...(isLast ? fields : repeated), scopeSpans: parts };
  });
}

function isScope(scope: unknown): scope is RawFields & { readonly spans: readonly unknown[] } {
  return isFields(scope) && Array.isArray(scope['spans']);
}

/** A group that goes on in the next part has all its fields in the last. */
function splitGroups(groups: readonly Group[], maxChars: number, outer: number, build: Build): unknown[] {
  const parts: unknown[] = [];
  let part: RawFields[] = [];
  let chars = 0;
  const closePart = (isLast: boolean) => {
    parts.push(build(part, isLast));
    part = [];
    chars = 0;
  };
  for (const { fields, repeated, spans } of groups) {
    const lengths = spans.map(lengthOf);
    const again = lengthOf(repeated);
    const most = Math.max(maxChars, 2 * (outer + again)) - outer;
    // A group begins where its first span has room, too.
    const start = lengthOf(fields) + (lengths[0] ?? 0);
    if (part.length > 0 && chars + start > most) closePart(false);
    // Where a part begins only what is repeated counts: it may be the last of a group, and is to be itself again.
    chars += part.length > 0 ? start : again + (lengths[0] ?? 0);
    part.push({ ...fields, spans });
    let from = 0;
    for (let at = 1; at < lengths.length; at++) {
      const length = lengths[at] ?? 0;
      if (chars + length > most) {
        part.splice(-1, 1, { ...repeated, spans: spans.slice(from, at) });
        closePart(false);
        from = at;
        part.push({ ...fields, spans: spans.slice(from) });
        chars = again;
      }
      chars += length;
    }
  }
  closePart(true);
  return parts;
}

function lengthOf(value: unknown): number {
  return JSON.stringify(value).length + 1;
}
