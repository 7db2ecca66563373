import type { ServiceGraph } from '../../domain/topology.ts';
import type { ParsedTraces, TraceDigest } from '../../domain/trace.ts';
import type { TraceAnalysis } from '../../domain/trace-analysis.ts';
import { analyseTraces } from './analyse.ts';
import { findCausalPath } from './causal-path.ts';
import { weighTopology } from './rank/weigh-topology.ts';
import { writeText } from './text.ts';

const MAX_SUSPECTS = 10;

export interface DigestOptions {
  /** The declared topology, to verify edges that no span shows. */
  readonly graph?: ServiceGraph | undefined;
  /** Where the symptom shows, as the alert says. */
  readonly alertingServices?: readonly string[] | undefined;
}

/** What the windows say → who is suspect, along which path, in few words, as the topology and the alert see it. */
export function digestAnalysis(analysis: TraceAnalysis, options: DigestOptions = {}): TraceDigest {
  const { calls, candidates } = analysis;
  const { graph, alertingServices = [] } = options;
  const suspects = [...weighTopology(candidates.slice(0, MAX_SUSPECTS), { calls, graph, alertingServices })];
  const [culprit] = suspects;
  const causalPath = culprit ? findCausalPath(culprit.service, analysis, options) : [];
  const { baseline, shapes } = analysis;
  return {
    healthy: baseline === 'compared' && suspects.length === 0,
    suspects,
    causalPath,
    signals: [...analysis.signals],
    shapes: [...shapes],
    text: writeText({ ...analysis, suspects, causalPath }),
    windows: analysis.windows,
    snapshotKeys: listKeys(analysis),
    repairs: { ...analysis.repairs },
  };
}

function listKeys({ windows: { baseline, incident } }: TraceAnalysis): string[] {
  return [baseline?.snapshotKey, incident.snapshotKey].filter((key) => key !== undefined);
}

/** Both steps at once, for windows that are small or already in a thread of their own. */
export function digestTraces(
  baseline: ParsedTraces | undefined,
  incident: ParsedTraces,
  options: DigestOptions = {},
): TraceDigest {
  return digestAnalysis(analyseTraces(baseline, incident), options);
}
