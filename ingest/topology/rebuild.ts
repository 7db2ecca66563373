import type { ServiceDocument } from '../../src/domain/document.ts';
import type { ManifestFile } from '../../src/domain/manifest.ts';
import type { Dependency, EdgeOrigin, EdgeProvenance } from '../../src/domain/topology.ts';
import { isToldAsObserved } from './describe.ts';
import { type EdgeMention, NO_FACTS, type ServiceMention, type TopologyFragment } from './fragment.ts';

/**
 * What files that cannot be read now once said about the topology, out of the services that were made of it: so that
 * merging it with the files that can be read loses no edge. A service's facts count as said by the file it stands in.
 * What was served tells nothing of APIs, nor of facts that a less trusted file added.
 */
export function rebuildFragments(
  files: readonly ManifestFile[],
  services: readonly ServiceDocument[],
): ReadonlyMap<string, TopologyFragment> {
  const drafts = new Map(files.map(({ path }) => [path, createDraft()]));
  for (const service of inOrderOf(files, services)) {
    for (const dependency of service.node.dependsOn) addEdges(drafts, service, dependency);
  }
  // The edges of a file say of what make it is, and so how far its services are to be trusted.
  for (const service of inOrderOf(files, services)) addService(drafts, service);
  return new Map(
    files.flatMap(({ path, sha = '' }) => {
      const { services, edges } = drafts.get(path) ?? createDraft();
      if (services.length + edges.length === 0) return [];
      const byLine = edges.toSorted((a, b) => a.line - b.line);
      return [[path, { ...NO_FACTS, path, sha, services, edges: byLine, problems: [], unread: undefined }]];
    }),
  );
}

interface Draft {
  readonly services: ServiceMention[];
  readonly edges: EdgeMention[];
}

function createDraft(): Draft {
  return { services: [], edges: [] };
}

/** The order within a file decides in which order callers are named, and so what the document's text is. */
function inOrderOf(files: readonly ManifestFile[], services: readonly ServiceDocument[]): ServiceDocument[] {
  const names = files.flatMap(({ documents }) => documents.map(({ id }) => id));
  const places = new Map(names.map((name, place) => [name, place]));
  const placeOf = ({ id }: ServiceDocument) => places.get(id) ?? names.length;
  return services.toSorted((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1));
}

function addEdges(drafts: ReadonlyMap<string, Draft>, { id, source, node }: ServiceDocument, edge: Dependency): void {
  const known: readonly EdgeProvenance[] = edge.provenance ?? [
    { by: 'declared', source: { path: source.path, line: source.line } },
  ];
  for (const [place, { by, source: at, calls }] of known.entries()) {
    // What people declare always says of which kind a call is; then it cannot have come from those after them.
    const kind = place === 0 || known[0]?.by !== 'declared' ? edge.kind : undefined;
    const told = calls === undefined ? {} : { calls };
    drafts.get(at.path)?.edges.push({ by, from: node.name || id, to: edge.service, kind, line: at.line, ...told });
  }
}

function addService(drafts: ReadonlyMap<string, Draft>, document: ServiceDocument): void {
  const draft = drafts.get(document.source.path);
  const by = draft && originOf(document, draft);
  // These tell of calls only: their services come of the edges.
  if (draft === undefined || by === undefined || by === 'jaeger' || by === 'zipkin') return;
  const { node, system, source } = document;
  draft.services.push({
    by,
    name: node.name,
    description: node.description,
    owner: node.owner,
    tier: node.tier,
    system: system || undefined,
    line: source.line,
    endLine: source.endLine,
  });
}

function originOf({ sections, node, system }: ServiceDocument, { edges }: Draft): EdgeOrigin {
  const known = edges[0]?.by;
  if (known !== undefined) return known;
  if (isToldAsObserved(node.name, sections[0]?.text ?? '')) return 'traces';
  return system === '' ? 'backstage' : 'declared';
}
