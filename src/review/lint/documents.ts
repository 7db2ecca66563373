import type { Incident, KnowledgeDocument, Runbook } from '../../domain/document.ts';
import { formatSource } from '../../domain/source.ts';
import { lineOfWords, listIncidents, listRunbooks, type Placed } from '../knowledge.ts';
import { suggestName } from './nearest-name.ts';
import type { Mistake, Rule } from './rule.ts';

export const supersedesUnknown: Rule = {
  id: 'supersedes-unknown',
  severity: 'error',
  reason: 'What is replaced sinks in the results only when it is found under the name given.',
  find: (knowledge) => [
    ...findUnknown(listRunbooks(knowledge), 'runbook', ({ supersedes }) => supersedes),
    ...findUnknown(listIncidents(knowledge), 'incident', ({ supersededBy }) => supersededBy),
  ],
};

function findUnknown<Document extends Runbook | Incident>(
  all: readonly Placed<Document>[],
  kind: Document['kind'],
  nameIn: (document: Document) => string | undefined,
): Mistake[] {
  const ids = new Set(all.map(({ document }) => document.id));
  return all.flatMap((placed) => {
    const name = nameIn(placed.document);
    if (name === undefined || ids.has(name)) return [];
    const hint = suggestName(name, ids) || `: give the path of the file inside its folder, without extension`;
    const message = `no ${kind} has the id \`${name}\`${hint}`;
    return [{ path: placed.file.path, line: lineOfWords(placed, name), message }];
  });
}

export const duplicateTitle: Rule = {
  id: 'duplicate-title',
  severity: 'warning',
  reason: 'In a list of results two documents of one title cannot be told apart.',
  find: (knowledge) => [...findRepeated(listRunbooks(knowledge)), ...findRepeated(listIncidents(knowledge))],
};

function findRepeated(all: readonly Placed[]): Mistake[] {
  const first = new Map<string, KnowledgeDocument>();
  return all.flatMap(({ file, document }) => {
    const title = document.title.trim().toLowerCase();
    const before = first.get(title);
    if (before === undefined) {
      first.set(title, document);
      return [];
    }
    const message = `the title "${document.title}" is that of ${formatSource(before.source)} too: say in it what is different here`;
    return [{ path: file.path, line: document.source.line, message }];
  });
}
