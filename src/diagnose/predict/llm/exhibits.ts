import {
  type Incident,
  type KnowledgeDocument,
  type Runbook,
  type Step,
  sectionText,
} from '../../../domain/document.ts';
import { parseSignal, type Signal } from '../../../domain/signal.ts';
import { formatSource } from '../../../domain/source.ts';
import { listNeighbours, type ServiceGraph } from '../../../domain/topology.ts';
import { neutralise } from '../../../llm/fence.ts';
import { toName } from '../../digest/wording.ts';
import type { Evidence, RankedRunbook } from '../../evidence.ts';
import type { Situation } from '../../situation.ts';
import { isVerified } from '../unverified.ts';

/** One piece of evidence as a prompt shows it. What an answer says must point to one of these. */
export interface Exhibit {
  /** A1 the alert, T1 the trace digest, G1 the topology, P1 … precedents, R1 … runbooks, best first. */
  readonly id: string;
  readonly text: string;
  /** Where a citation of it leads; alert, traces and topology are not stored documents. */
  readonly document?: KnowledgeDocument;
  /** The document's mitigation steps that the text lists, by the id they have there: P1.2 is step 2 of P1. */
  readonly steps: ReadonlyMap<string, Step>;
}

const MAX_STEPS = 10;
const MAX_NEIGHBOURS = 24;
const MAX_FOCUS = 8;
/** Characters of who calls whom: where everything calls everything, that says little. */
const MAX_TOPOLOGY = 3_000;
/** Of a title, a label's value or a service: whoever sends an alert chooses how long it is. */
const MAX_NAME = 200;
const MAX_SIGNAL_WORD = 80;
const UNVERIFIED = 'a draft that nobody has reviewed';

export function showAlert(situation: Situation): Exhibit {
  return plain('A1', [
    ['Alerts', list(situation.alertNames)],
    ['Services', list(situation.services)],
    ['Severity', cutName(situation.severity)],
    ['Started', situation.startsAt?.toISOString()],
    ['Text', cut(situation.text, 2_000)],
    ['Expression', cut(situation.expression, 400)],
    ['Signals', list(situation.signals, 20)],
  ]);
}

/** Names of telemetry are anybody's text: each stands in a field of its own, on its line, escaped as the digest escapes it. */
export function showTraces({ digest }: Evidence): Exhibit | undefined {
  if (!digest) return undefined;
  const path = digest.causalPath.map(({ from, to, verified }) => `${toName(from)} calls ${toName(to)} (${verified})`);
  const suspects = digest.suspects.map(({ service }) => toName(service));
  return plain('T1', [
    ['Digest', cut(toLine(digest.text), 2_000)],
    ['Suspects', list(suspects, 10)],
    ['Causal path', list(path, 12)],
    ['Signals', digest.signals.slice(0, 20).map(showSignal).join(', ')],
  ]);
}

/** Four words, each of them cut by itself: whose and what kind it is must not fall behind a long name. */
function showSignal(signal: Signal): string {
  const { source, service, name, kind } = parseSignal(signal);
  return [source, service, name, kind].map((word) => cut(toLine(word), MAX_SIGNAL_WORD)).join(' ');
}

function toLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

/** The services in question and who calls whom one hop around them. */
export function showTopology(evidence: Evidence): Exhibit | undefined {
  const { graph } = evidence;
  const focus = listFocus(evidence)
    .filter((service) => graph.services.has(service))
    .slice(0, MAX_FOCUS);
  const around = new Set(focus.flatMap((service) => [service, ...listNeighbours(graph, service)]));
  const shown = [...around].slice(0, MAX_NEIGHBOURS);
  if (shown.length === 0) return undefined;
  const lines = shown.flatMap((service) => describeService(graph, service, around));
  return plain('G1', [['Services and whom they call', `\n${cut(lines.join('\n'), MAX_TOPOLOGY)}`]]);
}

export function showPrecedent(incident: Incident, rank: number): Exhibit {
  const id = `P${rank}`;
  const steps = listSteps(id, incident);
  const symptoms = ['summary', 'detection', 'impact'] as const;
  const text = [
    ['Title', cutName(incident.title)],
    ['Date', cutName(incident.date)],
    ['Status', isVerified(incident) ? undefined : UNVERIFIED],
    ['Services', list(incident.services)],
    ['Alerts', list(incident.alerts)],
    ['Symptoms', cut(joinSections(incident, symptoms), 1_200)],
    ['Signals', list(incident.signals, 12)],
    ['Category', cutName(incident.category)],
    ['Service at fault', cutName(incident.rootCause?.service)],
    ['Root cause', cut(incident.rootCause?.summary ?? sectionText(incident, 'root-cause'), 700)],
    ['What helped', writeSteps(steps)],
  ] as const;
  return { ...plain(id, text), document: incident, steps };
}

export function showRunbook({ runbook, excerpt, source }: RankedRunbook, rank: number): Exhibit {
  const id = `R${rank}`;
  const steps = listSteps(id, runbook);
  const text = [
    ['Title', cutName(runbook.title)],
    ['Status', isVerified(runbook) ? undefined : UNVERIFIED],
    ['Services', list(runbook.services)],
    ['Alerts', list(runbook.alerts)],
    ['Meaning', cut(sectionText(runbook, 'meaning'), 600)],
    [`Passage (${cutName(formatSource(source))})`, cut(excerpt, 900)],
    ['Diagnosis', cut(sectionText(runbook, 'diagnosis'), 1_500)],
    ['Mitigation', writeSteps(steps)],
  ] as const;
  return { ...plain(id, text), document: runbook, steps };
}

/** Services that the alert, the traces or a precedent name, most telling first. */
export function listFocus({ digest, situation, precedents }: Evidence): string[] {
  return [
    ...new Set([
      ...(digest?.suspects ?? []).map(({ service }) => toLine(service)),
      ...(digest?.causalPath ?? []).flatMap(({ from, to }) => [toLine(to), toLine(from)]),
      ...situation.services,
      ...precedents.flatMap(({ incident }) => [incident.rootCause?.service ?? [], incident.services].flat()),
    ]),
  ];
}

type Line = readonly [label: string, value: string | undefined];

function plain(id: string, lines: readonly Line[]): Exhibit {
  const written = lines.flatMap(([label, value]) =>
    value?.trim() ? [`${label}:${value.startsWith('\n') ? '' : ' '}${value.trimEnd()}`] : [],
  );
  return { id, text: neutralise(written.join('\n')), steps: new Map() };
}

function listSteps(id: string, document: Incident | Runbook): Map<string, Step> {
  return new Map(document.steps.slice(0, MAX_STEPS).map((step, index) => [`${id}.${index + 1}`, step]));
}

function writeSteps(steps: ReadonlyMap<string, Step>): string {
  const lines = [...steps].map(([id, { text, commands }]) => {
    const shown = [text, ...commands].join(' ').replace(/\s+/g, ' ');
    return `${id} ${cut(shown, 240)}`;
  });
  return lines.length === 0 ? '' : `\n${lines.join('\n')}`;
}

function describeService(graph: ServiceGraph, service: string, around: ReadonlySet<string>): string[] {
  const calls = (graph.services.get(service)?.dependsOn ?? [])
    .filter((dependency) => around.has(dependency.service))
    .map((dependency) => `${cutName(dependency.service)} (${dependency.kind})`);
  return calls.length === 0 ? [] : [`${cutName(service)} calls ${calls.join(', ')}`];
}

function joinSections(incident: Incident, roles: readonly Parameters<typeof sectionText>[1][]): string {
  return roles
    .map((role) => sectionText(incident, role))
    .filter(Boolean)
    .join('\n');
}

function list(items: readonly string[], limit = 12): string {
  return items
    .slice(0, limit)
    .map((item) => cutName(item))
    .join(', ');
}

function cutName(name: string): string;
function cutName(name: string | undefined): string | undefined;
function cutName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : cut(name, MAX_NAME);
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
