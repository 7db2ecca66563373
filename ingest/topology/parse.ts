import { messageOf } from '../../src/domain/errors.ts';
import type { KnowledgeProblem } from '../../src/domain/ingest-report.ts';
import { formatSource } from '../../src/domain/source.ts';
import { looksLikeTraces } from '../../src/traces/formats/documents.ts';
import type { TextFile } from '../source-file.ts';
import { isLinks, readLinks } from './dependency-links.ts';
import { NO_FACTS, type TopologyFacts, type TopologyFragment } from './fragment.ts';
import { isYamlInJson, readJson } from './json.ts';
import { type Report, reportingBounded } from './report.ts';
import { readTraces } from './trace-calls.ts';
import { readYaml } from './yaml.ts';

type ParsedFrom = Pick<TextFile, 'path' | 'name' | 'sha' | 'text'>;

const ACCEPTED =
  'accepted are Jaeger and Zipkin dependencies, Jaeger, OTLP and Zipkin traces, a `services:` list and Backstage entities';

/**
 * What one file says about the topology, whichever of the known formats it is in: its content decides, not its name.
 * Never throws: a file of which nothing can be used is `unread`, and why stands with its line in `problems`.
 */
export function parseTopology(file: ParsedFrom): TopologyFragment {
  const problems: KnowledgeProblem[] = [];
  const facts = reportingBounded(
    (line, message) => problems.push({ path: file.path, line, message }),
    (report) => readSafely(file, report),
  );
  return { path: file.path, sha: file.sha, ...facts, problems, unread: whyUnread(facts, problems[0]) };
}

function readSafely(file: ParsedFrom, report: Report): TopologyFacts {
  try {
    return readFacts(file, report);
  } catch (error) {
    report(1, messageOf(error));
    return NO_FACTS;
  }
}

function readFacts(file: ParsedFrom, report: Report): TopologyFacts {
  const first = file.text[file.text.search(/\S/)];
  if (first !== '{' && first !== '[') return readYaml(file, report);
  const json = readJson(file.text);
  if ('line' in json) {
    // YAML may begin with a brace as well; a name that ends in .json leaves no doubt.
    if (!/\.json[lc]?$/.test(file.path.replace(/\.gz$/, ''))) return readYaml(file, report);
    report(json.line, 'it is not valid JSON');
    return NO_FACTS;
  }
  if (isLinks(json.body)) return readLinks(json.body, report);
  if (looksLikeTraces(json.body)) return readTraces(json.body);
  if (isYamlInJson(json.body)) return readYaml(file, report);
  report(1, `it is no topology; ${ACCEPTED}`);
  return NO_FACTS;
}

function whyUnread(facts: TopologyFacts, problem: KnowledgeProblem | undefined): TopologyFragment['unread'] {
  const { services, edges, apis, eventApis } = facts;
  if (services.length + edges.length + apis.length + eventApis.length > 0) return undefined;
  if (!problem) return { status: 'skipped', reason: 'it names no service and no call' };
  return { status: 'failed', reason: `${problem.message} (${formatSource(problem)})` };
}
