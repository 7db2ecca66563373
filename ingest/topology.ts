import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ServiceDocument } from '../src/domain/document.ts';
import { PrecedentError } from '../src/domain/errors.ts';
import type { KnowledgeProblem } from '../src/domain/ingest-report.ts';
import { Dependency, ServiceNode } from '../src/domain/topology.ts';
import type { SourceFile } from './read.ts';

export interface ParsedTopology {
  readonly documents: readonly ServiceDocument[];
  readonly problems: readonly KnowledgeProblem[];
}

interface PlacedNode {
  readonly node: ServiceNode;
  readonly line: number;
  readonly endLine: number;
}

/** One document per service. A wrong service or edge is a problem at its line; a file that is no YAML fails as a whole. */
export function parseTopology(file: SourceFile): ParsedTopology {
  const lineCounter = new LineCounter();
  const document = parseDocument(file.text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const [error] = document.errors;
  if (error) throw invalid(file.path, lineAt(error.pos[0]), error.message);
  const problems: KnowledgeProblem[] = [];
  const report = (line: number, message: string) => problems.push({ path: file.path, line, message });
  const services = isMap(document.contents) ? document.contents.get('services') : undefined;
  if (!isMap(document.contents) || !isSeq<Node>(services)) throw invalid(file.path, 1, 'it holds no `services:` list');
  const system = readSystem(document.contents, file, report);
  const nodes = readServices(services, { document, report, lineAt, text: file.text });
  return { documents: nodes.map((placed) => toDocument(placed, nodes, system, file)), problems };
}

type Report = (line: number, message: string) => void;

function invalid(path: string, line: number, message: string): PrecedentError {
  return new PrecedentError('knowledge-invalid', `${message} (${path}:${line})`, {
    problems: [{ path: `${path}:${line}`, message }],
  });
}

function readSystem(contents: YAMLMap, file: SourceFile, report: Report): string {
  const system = contents.get('system');
  if (typeof system === 'string' && system !== '') return system;
  report(1, `\`system: name\` is missing; the file's name stands in: ${file.name}`);
  return file.name;
}

interface YamlSource {
  readonly document: Parameters<Node['toJS']>[0];
  readonly report: Report;
  readonly lineAt: (offset: number) => number;
  readonly text: string;
}

function readServices(services: YAMLSeq<Node>, yaml: YamlSource): PlacedNode[] {
  return services.items.flatMap((item) => {
    const [start = 0, end = 0] = item.range ?? [];
    const written = yaml.text.slice(start, end).trimEnd().length;
    const node = readService(item, yaml);
    return node ? [{ node, line: yaml.lineAt(start), endLine: yaml.lineAt(start + written) }] : [];
  });
}

function readService(item: Node, yaml: YamlSource): ServiceNode | undefined {
  const line = lineOf(item, yaml);
  if (!isMap<unknown, Node>(item)) {
    yaml.report(line, 'service: must be a mapping with a `name`');
    return undefined;
  }
  const fields = Object.fromEntries(Object.entries(item.toJS(yaml.document)).filter(([name]) => name !== 'dependsOn'));
  const result = ServiceNode.safeParse({ ...fields, dependsOn: readDependencies(item.get('dependsOn', true), yaml) });
  if (result.success) return result.data;
  for (const issue of result.error.issues) yaml.report(line, `service: ${issue.path.join('.')}: ${issue.message}`);
  return undefined;
}

/** A bare name is a synchronous call. */
function readDependencies(list: unknown, yaml: YamlSource): Dependency[] {
  if (list === undefined || (isScalar(list) && list.value === null)) return [];
  if (!isSeq<Node>(list)) {
    yaml.report(isScalar(list) || isMap(list) ? lineOf(list, yaml) : 1, 'dependsOn: must be a list');
    return [];
  }
  return list.items.flatMap((item) => {
    const entry: unknown = item.toJS(yaml.document);
    const result = Dependency.safeParse(typeof entry === 'string' ? { service: entry } : entry);
    if (result.success) return [result.data];
    const reasons = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    yaml.report(lineOf(item, yaml), `dependsOn: ${reasons}`);
    return [];
  });
}

function lineOf(node: { readonly range?: readonly number[] | null }, yaml: YamlSource): number {
  return yaml.lineAt(node.range?.[0] ?? 0);
}

function toDocument(placed: PlacedNode, all: readonly PlacedNode[], system: string, file: SourceFile): ServiceDocument {
  const { node, line, endLine } = placed;
  const source = { path: file.path, line, endLine, headingPath: [], sha: file.sha };
  const callers = all.filter((other) => other.node.dependsOn.some((edge) => edge.service === node.name));
  const text = describe(
    node,
    callers.map((caller) => caller.node.name),
    system,
  );
  return {
    kind: 'service',
    id: node.name,
    title: node.name,
    services: [node.name],
    alerts: [],
    tags: [],
    sections: [{ role: 'summary', text, source }],
    steps: [],
    chunks: [],
    source,
    system,
    node,
  };
}

const VERBS: Readonly<Record<Dependency['kind'], string>> = {
  sync: 'waits for',
  async: 'hands work to',
  data: 'keeps its data in',
};

/** The service in sentences, so that "what does the consumer write to?" finds it. */
function describe(node: ServiceNode, callers: readonly string[], system: string): string {
  const edges = Object.entries(VERBS).flatMap(([kind, verb]) => {
    const names = node.dependsOn.filter((edge) => edge.kind === kind).map((edge) => edge.service);
    return names.length === 0 ? [] : [`It ${verb} ${names.join(', ')}.`];
  });
  const sentences = [
    `${node.name} is a service of ${system}.`,
    node.description?.trim(),
    ...edges,
    callers.length > 0 ? `It is called by ${callers.join(', ')}.` : undefined,
    node.owner === undefined ? undefined : `Owner: ${node.owner}.`,
    node.tier === undefined ? undefined : `Tier ${node.tier}.`,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}
