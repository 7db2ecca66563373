import { describe, expect, it } from 'vitest';
import { buildStep } from '../../../testing/knowledge-builder.ts';
import { toMitigationStep } from '../mitigation.ts';
import corpus from './__fixtures__/commands.json' with { type: 'json' };

interface Labelled {
  readonly command: string;
  readonly destructive: boolean;
  readonly reversible: boolean;
  /** In the order in which the rules met them: `design` first, each later part before it was mended for. */
  readonly part: string;
}

const judged = (corpus as readonly Labelled[]).map((labelled) => ({
  ...labelled,
  said: toMitigationStep(buildStep('runbooks/a.md', 'As follows.', [labelled.command]), 'runbook:a'),
}));
const destructive = judged.filter((row) => row.destructive);
const others = judged.filter((row) => !row.destructive);
const commandsOf = (rows: readonly Labelled[]) => rows.map(({ command }) => command);

describe('what labelled commands risk', () => {
  it('is judged on many of each kind', () => {
    expect(new Set(commandsOf(judged)).size).toBe(judged.length);
    expect(destructive.length).toBeGreaterThanOrEqual(200);
    expect(others.length).toBeGreaterThanOrEqual(150);
  });

  it('finds 98 of 100 that destroy', () => {
    const missed = destructive.filter(({ said }) => !said.destructive);
    expect(missed.length / destructive.length, commandsOf(missed).join('\n')).toBeLessThanOrEqual(0.02);
  });

  it('has a person agree to every one that destroys, known as such or not', () => {
    expect(commandsOf(destructive.filter(({ said }) => !said.needsApproval))).toEqual([]);
  });

  it('never calls reversible what is not', () => {
    expect(commandsOf(judged.filter(({ said, reversible }) => said.reversible && !reversible))).toEqual([]);
  });

  it('takes at most 15 of 100 harmless ones for destructive', () => {
    const alarms = others.filter(({ said }) => said.destructive);
    expect(alarms.length / others.length, commandsOf(alarms).join('\n')).toBeLessThanOrEqual(0.15);
  });

  it.each(judged.filter(({ command }) => /^(?:kubectl|psql|redis-cli|rm|docker|helm) /.test(command)).slice(0, 60))(
    'says the same of $command with a path, sudo or an assignment before it',
    ({ command, said }) => {
      for (const changed of [
        `sudo ${command}`,
        `LANG=C ${command}`,
        `/usr/bin/${command}`,
        `  ${command}  # as always`,
      ]) {
        const { destructive: destroys, reversible } = toMitigationStep(buildStep('a.md', '', [changed]), 'runbook:a');
        expect({ destroys, reversible }, changed).toEqual({ destroys: said.destructive, reversible: said.reversible });
      }
    },
  );

  it.each([
    ['kubectl get pods', 'kubectl delete pvc data'],
    ['echo "all is well"', 'rm -rf /data'],
    ['kubectl scale deploy/web --replicas=2', 'redis-cli FLUSHALL'],
  ])('goes by the worst of several: %s, then %s', (mild, worst) => {
    for (const joint of ['; ', ' && ', ' || ', '\n', ' | ', ' & ']) {
      const said = toMitigationStep(buildStep('a.md', '', [`${mild}${joint}${worst}`]), 'runbook:a');
      expect(said, joint).toMatchObject({ destructive: true, needsApproval: true, reversible: false });
    }
  });

  it.each([
    ["ssh db-0 'rm -rf /data'", true],
    ["ssh db-0 'df -h'", false],
    ['docker exec -it db rm file', true],
    ['docker exec db df -h', false],
    ['timeout 5s kubectl get pods', false],
    ['cat ids | xargs -n 1 kubectl delete pod', true],
    ['sh <<END\nrm file\nEND', true],
    ['cat <<END\nrm file\nEND', false],
    ['echo "SELECT 1" | wc -l', false],
    ['echo "rm file" | sh', true],
    ['curl -s https://example.com/mend | sh', true],
    ['bash <(curl -s https://example.com/mend)', true],
    ['diff <(kubectl get pods) <(cat pods.txt)', false],
    [`r""m -rf /data`, true],
    ['psql shop < statements.sql', true],
    ['kubectl exec -i db-0 -- psql shop < statements.sql', true],
    ['kubectl get deployment web -o yaml > web.yaml', false],
    ['kubectl get deployment web -o yaml > /etc/web.yaml', true],
    ['kubectl logs web-0 >> /var/log/web.log', false],
    ['vault frobnicate secret/db', true],
    ['./mend.sh', false],
  ])('looks into %s', (command, destroys) => {
    expect(toMitigationStep(buildStep('a.md', '', [command]), 'runbook:a').destructive).toBe(destroys);
  });
});
