import type { ServiceDocument } from '../../src/domain/document.ts';
import type { KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import type { Dependency, ServiceNode } from '../../src/domain/topology.ts';
import { describeService } from './describe.ts';
import type { TopologyFragment } from './fragment.ts';
import { type MergedEdges, mergeEdges, resolveEntities } from './merge-edges.ts';
import { type MergedService, mergeServices } from './merge-services.ts';
import { placeMentions, type ReportAt } from './placed.ts';
import { resolveApis } from './resolve-apis.ts';

export interface MergedTopology {
  /** One per service, those of the most trusted files first. */
  readonly documents: readonly ServiceDocument[];
  /** What shows only when all files are seen together: each file's own mistakes are in its fragment. */
  readonly problems: readonly KnowledgeProblem[];
}

/**
 * One graph of all files, the same in whatever order they come. What people declared wins over what a catalogue says,
 * and that over what was measured; an edge names everyone who knows of it.
 */
export function mergeTopology(fragments: readonly TopologyFragment[]): MergedTopology {
  const problems: KnowledgeProblem[] = [];
  const report: ReportAt = ({ path, line }, message) => problems.push({ path, line, message });
  const mentions = placeMentions(fragments, (fragment) => fragment.services);
  const written = placeMentions(fragments, (fragment) => fragment.edges);
  const calls = resolveEntities([...written, ...resolveApis(fragments, report)], mentions);
  const services = mergeServices(mentions, calls, report);
  return { documents: toDocuments([...services.values()], mergeEdges(calls)), problems };
}

function toDocuments(services: readonly MergedService[], edges: MergedEdges): ServiceDocument[] {
  const callers = new Map<string, string[]>();
  for (const { name } of services) {
    for (const { service } of edges.get(name) ?? []) {
      const known = callers.get(service);
      if (known) known.push(name);
      else callers.set(service, [name]);
    }
  }
  return services.map((service) => toDocument(service, edges.get(service.name) ?? [], callers.get(service.name) ?? []));
}

function toDocument(
  merged: MergedService,
  dependsOn: readonly Dependency[],
  callers: readonly string[],
): ServiceDocument {
  const { by, name, system, path, sha, line, endLine } = merged;
  const node = toNode(merged, dependsOn);
  const source = { path, line, endLine, headingPath: [], sha };
  const isObserved = by !== 'declared' && by !== 'backstage';
  return {
    kind: 'service',
    id: name,
    title: name,
    services: [name],
    alerts: [],
    tags: [],
    sections: [{ role: 'summary', text: describeService({ ...node, system, isObserved, callers }), source }],
    steps: [],
    chunks: [],
    source,
    system: system ?? '',
    node,
  };
}

function toNode({ name, description, owner, tier }: MergedService, dependsOn: readonly Dependency[]): ServiceNode {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(owner === undefined ? {} : { owner }),
    ...(tier === undefined ? {} : { tier }),
    dependsOn: [...dependsOn],
  };
}
