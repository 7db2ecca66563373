import { isMap, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import type { TextFile } from '../source-file.ts';
import { readEntity } from './backstage.ts';
import type { TopologyFacts } from './fragment.ts';
import type { Report } from './report.ts';
import { readSystem } from './system.ts';
import { lineOf, type YamlSource } from './yaml-source.ts';

/** A file may hold several documents; one that cannot be read is told, and the others count. */
export function readYaml(file: Pick<TextFile, 'name' | 'text'>, report: Report): TopologyFacts {
  const lineCounter = new LineCounter();
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const documents = parseAllDocuments(file.text, { lineCounter, prettyErrors: false });
  const facts = [...documents].flatMap((document) => {
    return readDocument({ document, report, lineAt, text: file.text, fallbackName: file.name });
  });
  return {
    services: facts.flatMap((one) => one.services),
    edges: facts.flatMap((one) => one.edges),
    apis: facts.flatMap((one) => one.apis),
    eventApis: facts.flatMap((one) => one.eventApis),
  };
}

function readDocument(yaml: YamlSource): TopologyFacts[] {
  const { contents, errors } = yaml.document;
  const [error] = errors;
  if (error) {
    yaml.report(yaml.lineAt(error.pos[0]), error.message);
    return [];
  }
  if (isMap(contents) && contents.has('apiVersion') && contents.has('kind')) return [readEntity(contents, yaml)];
  if (isMap(contents) && contents.has('services')) return [readSystem(contents, yaml)];
  // What stands after a last `---` is nothing.
  if (contents !== null && !(isScalar(contents) && contents.value === null)) {
    const expected = '`apiVersion:` and `kind:` of a Backstage entity';
    yaml.report(lineOf(contents, yaml), `it holds no \`services:\` list, and no ${expected}`);
  }
  return [];
}
