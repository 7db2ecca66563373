import type { Incident, Runbook, Section, SectionRole, Step } from '../domain/document.ts';
import type { SourceRef } from '../domain/source.ts';
import { buildServiceGraph, type ServiceGraph } from '../domain/topology.ts';
import type { TraceDigest } from '../domain/trace.ts';

/** Documents for tests, complete and valid, of which a test states only what it is about. */
export function buildSource(path: string, line = 1, headingPath: string[] = []): SourceRef {
  return { path, line, endLine: line, headingPath, sha: '0'.repeat(40) };
}

export function buildSection(path: string, role: SectionRole, text: string, line = 5): Section {
  return { role, text, source: buildSource(path, line, [role]) };
}

export function buildStep(path: string, text: string, commands: string[] = [], line = 9): Step {
  return { text, commands, source: buildSource(path, line, ['mitigation']) };
}

const EMPTY = { services: [], alerts: [], tags: [], sections: [], steps: [], chunks: [] };

export function buildIncident(fields: Partial<Incident> & Pick<Incident, 'id'>): Incident {
  const source = buildSource(`incidents/${fields.id}.md`);
  return { kind: 'incident', title: fields.id, ...EMPTY, signals: [], source, ...fields };
}

export function buildRunbook(fields: Partial<Runbook> & Pick<Runbook, 'id'>): Runbook {
  const source = buildSource(`runbooks/${fields.id}.md`);
  return { kind: 'runbook', title: fields.id, ...EMPTY, source, ...fields };
}

/** `graph('a > b > c', 'a > d')`: who calls whom. */
export function buildGraph(...chains: string[]): ServiceGraph {
  const edges = chains.flatMap((chain) => {
    const names = chain.split('>').map((name) => name.trim());
    return names.map((name, index) => ({ name, next: names[index + 1] }));
  });
  return buildServiceGraph(
    [...new Set(edges.map(({ name }) => name))].map((name) => ({
      name,
      dependsOn: edges.flatMap((edge) =>
        edge.name === name && edge.next ? [{ service: edge.next, kind: 'sync' as const }] : [],
      ),
    })),
  );
}

/** A digest whose suspects are these services, best first, each half as suspect as the one before. */
export function buildDigest(...services: string[]): TraceDigest {
  return {
    healthy: services.length === 0,
    suspects: services.map((service, rank) => ({
      service,
      score: 0.5 ** rank,
      reasons: ['own time p50 3 ms → 700 ms'],
      before: null,
      after: null,
      withoutBaseline: false,
      exemplarTraceIds: [],
      rankings: {},
    })),
    causalPath: [],
    shapes: [],
    windows: null,
    signals: services.map((service) => `trace ${service} request latency`),
    text: services.length === 0 ? 'Nothing stands out.' : `${services[0]} is the suspect.`,
    snapshotKeys: [],
    repairs: {},
  };
}
