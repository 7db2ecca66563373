import { lineOfWords, listIncidents, listRunbooks, type ReviewedKnowledge } from '../knowledge.ts';
import { suggestName } from './nearest-name.ts';
import type { Mistake, Rule } from './rule.ts';

export const unknownService: Rule = {
  id: 'unknown-service',
  severity: 'warning',
  reason: 'A service that the topology does not know is near nothing, so what is written about it ranks lower.',
  find: (knowledge) => {
    const known = namesOf(knowledge);
    if (known.size === 0) return [];
    return [...listRunbooks(knowledge), ...listIncidents(knowledge)].flatMap((placed) =>
      statedServices(placed.document)
        .filter((service) => !known.has(service))
        .map((service) => ({
          path: placed.file.path,
          line: lineOfWords(placed, service),
          message: `no topology file declares the service \`${service}\`${suggestName(service, known) || ': correct its name, or declare it'}`,
        })),
    );
  },
};

/** What a folder's name was taken for is nobody's statement: `runbooks/platform/` need not be a service. */
function statedServices(document: {
  readonly services: readonly string[];
  readonly inferred?: readonly string[] | undefined;
}) {
  return document.inferred?.includes('services') ? [] : document.services;
}

export const unknownDependency: Rule = {
  id: 'unknown-dependency',
  severity: 'error',
  reason: 'An edge to a service that no file declares leads out of the service graph.',
  find: (knowledge) => {
    const known = namesOf(knowledge);
    return knowledge.topology.flatMap(({ path, edges }) =>
      edges
        // Catalogs point into one another, and what was measured was there: only our own format must be complete.
        .filter(({ by, to }) => by === 'declared' && !known.has(to))
        .map(({ from, to, line }): Mistake => {
          const hint = suggestName(to, known) || ': correct the name, or declare it';
          return { path, line, message: `\`${from}\` depends on \`${to}\`, which no topology file declares${hint}` };
        }),
    );
  },
};

/** Declared by somebody, or seen to call or to be called. */
function namesOf({ topology }: ReviewedKnowledge): ReadonlySet<string> {
  const seen = topology.flatMap(({ edges }) => edges.filter(({ by }) => by !== 'declared'));
  return new Set([
    ...topology.flatMap(({ services }) => services.map(({ name }) => name)),
    ...seen.flatMap(({ from, to }) => [from, to]),
  ]);
}
