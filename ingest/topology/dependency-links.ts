import { z } from 'zod';
import { createCallTally } from './call-tally.ts';
import { NO_FACTS, type TopologyFacts } from './fragment.ts';
import type { Report } from './report.ts';

/** `GET /api/dependencies` of Jaeger wraps in `data` what `GET /api/v2/dependencies` of Zipkin gives bare. */
const Link = z.object({
  parent: z.string(),
  child: z.string(),
  // 64-bit numbers become strings in some JSON; a count that is neither is no reason to lose the call.
  callCount: z
    .union([
      z.number().min(0),
      z
        .string()
        .regex(/^\d{1,15}$/)
        .transform(Number),
    ])
    .optional()
    .catch(undefined),
});

/** Empty lists are told apart from traces by nothing, and say nothing either way. */
export function isLinks(body: unknown): boolean {
  const [first] = rowsOf(body) ?? [];
  return typeof first === 'object' && first !== null && 'parent' in first && 'child' in first;
}

export function readLinks(body: unknown, report: Report): TopologyFacts {
  const tally = createCallTally(Array.isArray(body) ? 'zipkin' : 'jaeger');
  for (const [index, row] of (rowsOf(body) ?? []).entries()) {
    const result = Link.safeParse(row);
    if (result.success) tally.add(result.data.parent, result.data.child, undefined, result.data.callCount ?? 0);
    else report(1, `dependency ${index + 1}: ${result.error.issues.map(toReason).join('; ')}`);
  }
  return { ...NO_FACTS, edges: tally.list() };
}

function toReason(issue: z.core.$ZodIssue): string {
  return `${issue.path.join('.') || 'the row'}: ${issue.message}`;
}

function rowsOf(body: unknown): readonly unknown[] | undefined {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null || !('data' in body)) return undefined;
  return Array.isArray(body.data) ? body.data : undefined;
}
