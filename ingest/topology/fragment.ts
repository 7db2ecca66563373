import type { FileOutcome, KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import type { Dependency, EdgeOrigin } from '../../src/domain/topology.ts';

/** A service that a file speaks of as itself, not only as somebody's callee. */
export interface ServiceMention {
  readonly by: EdgeOrigin;
  readonly name: string;
  readonly description?: string | undefined;
  readonly owner?: string | undefined;
  readonly tier?: string | undefined;
  readonly system?: string | undefined;
  /** How whoever depends on it calls it, where that is its own nature: a database, a queue. */
  readonly calledAs?: Dependency['kind'] | undefined;
  readonly line: number;
  readonly endLine: number;
}

/** A call that a file tells of. `kind` is undefined where the file cannot know how the callee is called. */
export interface EdgeMention {
  readonly by: EdgeOrigin;
  readonly from: string;
  readonly to: string;
  readonly kind: Dependency['kind'] | undefined;
  readonly calls?: number | undefined;
  readonly line: number;
}

/** A Backstage component that provides an API, or calls whoever does: the two may stand in different files. */
export interface ApiMention {
  readonly component: string;
  /** `namespace/name`, in lower case, as Backstage compares them. */
  readonly api: string;
  readonly role: 'provides' | 'consumes';
  readonly line: number;
}

/** What one file says about the topology: plain data, so that it can come out of a worker. */
export interface TopologyFragment {
  readonly path: string;
  readonly sha: string;
  readonly services: readonly ServiceMention[];
  readonly edges: readonly EdgeMention[];
  readonly apis: readonly ApiMention[];
  /** APIs whose messages nobody waits for, `namespace/name` in lower case. */
  readonly eventApis: readonly string[];
  readonly problems: readonly KnowledgeProblem[];
  /** Why nothing of the file was used. */
  readonly unread:
    | { readonly status: Extract<FileOutcome['status'], 'failed' | 'skipped'>; readonly reason: string }
    | undefined;
}

/** The part of a fragment that a reader of one format fills. */
export type TopologyFacts = Pick<TopologyFragment, 'services' | 'edges' | 'apis' | 'eventApis'>;

export const NO_FACTS: TopologyFacts = { services: [], edges: [], apis: [], eventApis: [] };
