import { describe, expect, it } from 'vitest';
import { buildStep } from '../../testing/knowledge-builder.ts';
import { toMitigationStep } from './mitigation.ts';

const judge = (text: string, ...commands: string[]) =>
  toMitigationStep(buildStep('runbooks/a.md', text, commands), 'runbook:a');

describe('what a step risks', () => {
  it.each([
    'kubectl delete pvc data-0 -n object-classification',
    'kubectl -n object-classification delete pod web-server-0 --force',
    'kubectl drain node-7 --ignore-daemonsets',
    'rm -rf /var/lib/scylla/commitlog',
    'rabbitmqctl purge_queue results',
    'rabbitmqctl -n rabbit@mq-0 force_reset',
    'nodetool removenode 1f2e',
    'cqlsh -e "TRUNCATE TABLE results.detections"',
    'psql -c "DELETE FROM jobs WHERE age > 3"',
    'helm uninstall ensemble',
    'terraform destroy -target=module.queue',
    'git push origin main --force',
    'dd if=/dev/zero of=/dev/sdb',
  ])('is high and needs approval: %s', (command) => {
    expect(judge('Do it.', command)).toMatchObject({
      risk: 'high',
      destructive: true,
      reversible: false,
      needsApproval: true,
    });
  });

  it.each([
    ['Scale out.', 'kubectl scale deployment/pre-processor --replicas=3'],
    ['Roll back the last rollout.', 'kubectl rollout undo deployment/ensemble'],
    ['Raise the limit.', 'kubectl set resources deployment/ensemble --limits=cpu=2'],
  ])('is medium and can be undone: %s', (text, command) => {
    expect(judge(text, command)).toMatchObject({
      risk: 'medium',
      destructive: false,
      reversible: true,
      needsApproval: false,
    });
  });

  it('does not call a restart reversible', () => {
    expect(judge('Restart it.', 'kubectl rollout restart deployment/ensemble')).toMatchObject({
      risk: 'medium',
      reversible: false,
    });
  });

  it.each([
    ['Look at the queue.', 'kubectl get pods -n object-classification'],
    ['Ask for the latency.', "curl -s 'http://prometheus:9090/api/v1/query?query=up'"],
    ['Tell the pipeline team.'],
  ])('is low when nothing changes: %s', (text, ...commands) => {
    expect(judge(text, ...commands)).toMatchObject({ risk: 'low', destructive: false, reversible: true });
  });

  it('believes an author who says that something is lost', () => {
    expect(judge('Purge the queue; this discards the messages in it.')).toMatchObject({ destructive: true });
  });

  it('does not mistake a dry run for the deed', () => {
    expect(judge('See what would go.', 'kubectl delete pod web-server-0 --dry-run=client').destructive).toBe(false);
  });

  it('cites the line where the step stands, and quotes it unchanged', () => {
    const step = judge('Scale out.', 'kubectl scale deployment/a --replicas=3');
    expect(step.citation).toEqual({
      document: 'runbook:a',
      source: expect.objectContaining({ path: 'runbooks/a.md', line: 9 }),
    });
    expect(step.step).toBe('Scale out.');
  });
});
