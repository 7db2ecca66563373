import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KnowledgeDocument } from '../../domain/document.ts';
import { buildEvidence, rankIncident } from '../../testing/evidence-builder.ts';
import {
  buildDigest,
  buildIncident,
  buildRunbook,
  buildSection,
  buildSource,
  buildStep,
} from '../../testing/knowledge-builder.ts';
import type { Evidence } from '../evidence.ts';
import { predictByPrecedent } from './by-precedent.ts';

const service = fc.constantFrom('web', 'orders', 'db', 'search');
const words = fc
  .array(fc.constantFrom('restart', 'web', 'orders-0', 'the pool', '`rm x`', 'kubectl delete pod web', '```'), {
    maxLength: 6,
  })
  .map((all) => all.join(' '));
const steps = fc.array(fc.record({ text: words, commands: fc.array(words, { maxLength: 2 }) }), { maxLength: 3 });
const fields = {
  service,
  words,
  steps,
  score: fc.double({ min: 0.01, max: 1, noNaN: true }),
  status: fc.constantFrom('draft' as const, 'stable' as const),
};

const incidents = fc
  .array(fc.record({ ...fields, category: fc.constantFrom('leak', 'load-spike') }), { maxLength: 6 })
  .map((rows) =>
    rows.map((row, at) =>
      rankIncident(
        buildIncident({
          id: `${at}`,
          category: row.category,
          status: row.status,
          services: [row.service],
          rootCause: { service: row.service, summary: row.words },
          sections: [buildSection(`incidents/${at}.md`, 'detection', row.words)],
          steps: row.steps.map(({ text, commands }) => buildStep(`incidents/${at}.md`, text, commands)),
        }),
        row.score,
      ),
    ),
  );

const runbooks = fc.array(fc.record({ ...fields, exact: fc.constantFrom(0, 1) }), { maxLength: 4 }).map((rows) =>
  rows.map((row, at) => ({
    runbook: buildRunbook({
      id: `${at}`,
      status: row.status,
      services: [row.service],
      sections: [buildSection(`runbooks/${at}.md`, 'diagnosis', row.words)],
      steps: row.steps.map(({ text, commands }) => buildStep(`runbooks/${at}.md`, text, commands)),
    }),
    score: row.score,
    relevance: row.score,
    scores: { exact: row.exact },
    source: buildSource(`runbooks/${at}.md`),
    excerpt: '',
  })),
);

const evidences = fc
  .record({ precedents: incidents, runbooks, suspect: service, backed: service })
  .map(({ precedents, runbooks: all, suspect, backed }): Evidence => {
    const [first] = precedents;
    const causes = first
      ? [
          {
            category: first.incident.category ?? 'leak',
            service: backed,
            chance: 0.6,
            backers: [{ incident: first.incident, likeness: 1 }],
            reasons: [],
          },
        ]
      : [];
    return buildEvidence({
      precedents,
      runbooks: all,
      causes,
      digest: buildDigest(suspect),
      superseded: new Map([
        ['runbook:0', 'runbook:1'],
        ['runbook:1', 'runbook:0'],
      ]),
    });
  });

const documentsOf = ({ precedents, runbooks: all }: Evidence): KnowledgeDocument[] => [
  ...precedents.map(({ incident }) => incident),
  ...all.map(({ runbook }) => runbook),
];

describe('an answer by precedent', () => {
  it('holds no step and no command that does not stand so in the document that it cites', () => {
    fc.assert(
      fc.property(evidences, (evidence) => {
        for (const { step, commands, citation } of predictByPrecedent(evidence).mitigation) {
          const document = documentsOf(evidence).find(({ kind, id }) => `${kind}:${id}` === citation.document);
          expect(document?.steps).toContainEqual({ text: step, commands, source: citation.source });
        }
      }),
    );
  });

  it('quotes every check from the section that it cites, and none twice', () => {
    fc.assert(
      fc.property(evidences, (evidence) => {
        const checks = predictByPrecedent(evidence).hypotheses.flatMap(({ check }) => check ?? []);
        expect(new Set(checks.map(({ text }) => text)).size).toBe(checks.length);
        for (const { text, citation } of checks) {
          const document = documentsOf(evidence).find(({ kind, id }) => `${kind}:${id}` === citation.document);
          expect(document?.sections.some((section) => section.text.includes(text))).toBe(true);
        }
      }),
    );
  });

  it('marks every step whose document was replaced', () => {
    fc.assert(
      fc.property(evidences, (evidence) => {
        for (const { citation, supersededBy } of predictByPrecedent(evidence).mitigation)
          expect(supersededBy).toBe(evidence.superseded?.get(citation.document));
      }),
    );
  });

  it('never gives more than the whole vote away', () => {
    fc.assert(
      fc.property(evidences, (evidence) => {
        const supports = predictByPrecedent(evidence).hypotheses.map(({ support }) => support);
        expect(supports.reduce((sum, support) => sum + support, 0)).toBeLessThanOrEqual(1 + 1e-9);
        expect(supports).toEqual([...supports].sort((a, b) => b - a));
      }),
    );
  });
});
