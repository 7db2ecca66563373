import { formatSource } from '../../src/domain/source.ts';
import type { EdgeOrigin } from '../../src/domain/topology.ts';
import type { EdgeMention, ServiceMention } from './fragment.ts';
import { mostTrustedFirst, type Placed, type ReportAt } from './placed.ts';

/** What all files together say about one service: each fact from the most trusted file that has it. */
export type MergedService = Placed<ServiceMention>;

/** Where a second mention is a second truth; traces may see a service as often as they like. */
const DECLARING: ReadonlySet<EdgeOrigin> = new Set(['declared', 'backstage']);

/** Services by name, the most trusted mention first. Who is only called stays the far end of an edge. */
export function mergeServices(
  mentions: readonly Placed<ServiceMention>[],
  calls: readonly Placed<EdgeMention>[],
  report: ReportAt,
): ReadonlyMap<string, MergedService> {
  const services = new Map<string, MergedService>();
  const declarations = new Map<string, Placed<ServiceMention>>();
  for (const mention of mostTrustedFirst(mentions)) {
    const key = `${mention.by} ${mention.name}`;
    const first = declarations.get(key);
    if (!first) {
      declarations.set(key, mention);
      services.set(mention.name, withFactsOf(services.get(mention.name), mention));
    } else if (DECLARING.has(mention.by)) {
      report(
        mention,
        `service ${mention.name} is already declared at ${formatSource(first)}: only its calls are added`,
      );
    }
  }
  for (const call of mostTrustedFirst(calls)) {
    if (!services.has(call.from)) services.set(call.from, toCaller(call));
  }
  return services;
}

function withFactsOf(known: MergedService | undefined, mention: Placed<ServiceMention>): MergedService {
  if (!known) return mention;
  return {
    ...known,
    description: known.description ?? mention.description,
    owner: known.owner ?? mention.owner,
    tier: known.tier ?? mention.tier,
    system: known.system ?? mention.system,
  };
}

function toCaller({ by, from, line, path, sha }: Placed<EdgeMention>): MergedService {
  return { by, name: from, line, endLine: line, path, sha };
}
