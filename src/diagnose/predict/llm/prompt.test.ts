import { describe, expect, it } from 'vitest';
import { buildServiceGraph } from '../../../domain/topology.ts';
import { estimateTokens } from '../../../llm/estimate-tokens.ts';
import { buildEvidence, rankIncident } from '../../../testing/evidence-builder.ts';
import { buildDigest, buildIncident, buildSection } from '../../../testing/knowledge-builder.ts';
import { buildLlmEvidence } from '../../../testing/llm-evidence.ts';
import { buildDiagnosePrompt, type PromptSettings } from './prompt.ts';

const many = Array.from({ length: 8 }, (_, index) =>
  rankIncident(
    buildIncident({
      id: `2026/case-${index + 1}`,
      category: `cause-${(index % 3) + 1}`,
      sections: [buildSection('incidents/x.md', 'summary', `Symptom ${index + 1}. `.repeat(100))],
    }),
    0.9 - index / 10,
  ),
);

/** Ids of the blocks in the order in which they stand. */
function listShown(settings: Partial<PromptSettings>, precedents = many): string[] {
  const { user } = buildDiagnosePrompt(buildLlmEvidence({ precedents }), settings);
  return [...user.matchAll(/^<<<\w{16} ([PR]\d+)$/gm)].map(([, id = '']) => id);
}

describe('the prompt', () => {
  it('is word for word the one of its version (vitest -u rewrites it)', async () => {
    const { version, system, user } = buildDiagnosePrompt(buildLlmEvidence());
    await expect(`${system}\n\n${'='.repeat(80)}\n\n${user}\n`).toMatchFileSnapshot(
      `prompts/__fixtures__/${version}.txt`,
    );
  });

  it('offers the categories of the precedents shown as choices, and unseen', () => {
    const { user, categories } = buildDiagnosePrompt(buildLlmEvidence({ precedents: many }), { precedents: 2 });
    expect(categories).toEqual(['cause-1', 'cause-2']);
    expect(user).toMatch(/^<<<\w{16} CATEGORIES\ncause-1\ncause-2\nunseen\n/m);
  });

  it('knows the services of alert, traces, precedents and topology, the suspect first', () => {
    const { services } = buildDiagnosePrompt(buildLlmEvidence());
    expect(services[0]).toBe('pre-processor');
    expect([...services].sort()).toEqual(['inference-server', 'pre-processor', 'web-server']);
  });

  it('stands without precedents, runbooks, traces and topology', () => {
    const bare = buildEvidence({ graph: { services: new Map(), downstream: new Map(), upstream: new Map() } });
    const { user, exhibits } = buildDiagnosePrompt(bare);
    expect([...exhibits.keys()]).toEqual(['A1']);
    expect(user).toMatch(/# Past incidents\n\n\(none\)\n\n# Runbooks\n\n\(none\)\n\n# Topology\n\n\(none\)/);
  });
});

describe('a draft', () => {
  const draft = (category: string) =>
    rankIncident(buildIncident({ id: `draft/${category}`, category, status: 'draft' }), 0.99);

  it('is shown as one, and makes no choice that reviewed precedents do not offer', () => {
    const { user, categories } = buildDiagnosePrompt(
      buildLlmEvidence({ precedents: [draft('rumour'), draft('cause-1'), ...many] }),
    );
    expect(categories).toContain('cause-1');
    expect(categories).not.toContain('rumour');
    expect(user).toMatch(/^Title: draft\/rumour\nStatus: a draft that nobody has reviewed$/m);
  });
});

describe('an exhibit', () => {
  it('shows no more of a name than a name has, however long somebody made it', () => {
    const long = 'x'.repeat(5_000);
    const incident = buildIncident({ id: '2026/long', title: long, services: [long], category: long });
    const { user } = buildDiagnosePrompt(buildLlmEvidence({ precedents: [rankIncident(incident, 0.9)] }));
    expect(user).toMatch(/^Title: x{199}…$/m);
    expect(user).toMatch(/^Services: x{199}…$/m);
    expect(user).toMatch(/^Category: x{199}…$/m);
  });
});

describe('the examples', () => {
  it('stand best last by default, best first on request', () => {
    expect(listShown({ precedents: 3 })).toEqual(['P3', 'P2', 'P1', 'R1']);
    expect(listShown({ precedents: 3, order: 'best-first' })).toEqual(['P1', 'P2', 'P3', 'R1']);
  });

  it('are as many as asked for', () => {
    expect(listShown({ precedents: 0, runbooks: 0 })).toEqual([]);
    expect(listShown({ precedents: 8 })).toHaveLength(9);
  });

  it('are left out from the lowest ranked on when there is no room for all', () => {
    const room = [2_000, 2_500, 3_000, 3_500, 30_000].map((maxTokens) => listShown({ precedents: 8, maxTokens }));
    const sizes = room.map(({ length }) => length);
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes.at(-1)).toBe(9);
    for (const [index, ids] of room.entries()) {
      expect(ids.filter((id) => id.startsWith('P')).sort(), `room ${index}`).toEqual(
        ['P1', 'P2', 'P3', 'P4', 'P5', 'P6', 'P7', 'P8'].slice(0, ids.filter((id) => id.startsWith('P')).length),
      );
    }
  });

  it.each([2_000, 3_000, 7_000])(
    'keep the whole prompt within about %d tokens, whatever language it is in',
    (maxTokens) => {
      const inJapanese = many.map((ranked) => ({
        ...ranked,
        incident: { ...ranked.incident, title: '遅延が発生した'.repeat(20) },
      }));
      for (const precedents of [many, inJapanese]) {
        const { system, user } = buildDiagnosePrompt(buildLlmEvidence({ precedents }), { precedents: 8, maxTokens });
        expect(estimateTokens(system) + estimateTokens(user)).toBeLessThanOrEqual(maxTokens);
      }
    },
  );

  it('have their room, and the prompt its limit, where every service calls every other one', () => {
    const names = Array.from({ length: 30 }, (_, index) => `payments-settlement-service-number-${index}`);
    const graph = buildServiceGraph(
      names.map((name) => ({
        name,
        dependsOn: names.filter((other) => other !== name).map((service) => ({ service, kind: 'sync' as const })),
      })),
    );
    for (const maxTokens of [3_000, 7_000]) {
      const evidence = buildLlmEvidence({ graph, digest: { ...buildDigest(...names), text: 'all rose' } });
      const { system, user, exhibits } = buildDiagnosePrompt(evidence, { maxTokens });
      expect(estimateTokens(system) + estimateTokens(user)).toBeLessThanOrEqual(maxTokens);
      expect([...exhibits.keys()]).toContain('P1');
    }
  });

  it('hold no precedent whose cause was found to be wrong', () => {
    const wrong = rankIncident(buildIncident({ id: 'w', category: 'wrong', supersededBy: 'x' }), 0.99);
    const { user, categories } = buildDiagnosePrompt(buildLlmEvidence({ precedents: [wrong, ...many] }));
    expect(categories).not.toContain('wrong');
    expect(user).not.toMatch(/^Title: w$/m);
  });
});
