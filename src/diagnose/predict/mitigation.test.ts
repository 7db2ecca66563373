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
    'cqlsh -e "TRUNCATE ks.t"',
    'redis-cli FLUSHALL',
    'rm --recursive --force /var/lib/scylla',
    'rm file',
    '/bin/rm file',
    'docker compose down -v',
    'docker compose -f stack.yaml down --volumes',
    'aws s3 rm --recursive s3://results',
    'curl -X DELETE http://api/jobs',
    'curl -sXDELETE http://api/jobs',
    'curl --request=DELETE http://api/jobs',
    'kafka-topics --bootstrap-server kafka:9092 --delete --topic results',
    'find /var/log -name "*.gz" -delete',
    'dropdb results',
    'helm -n x uninstall ensemble',
    'kubectl apply --prune -f .',
    'zfs destroy tank/data',
    'etcdctl del /registry --prefix',
    'vgremove data',
    'truncate -s 0 /var/log/app.log',
    'kubectl delete pvc data --dry-run=none',
    'kubectl delete pvc data --dry-run=client --dry-run=none',
    'kubectl delete pvc data # after --dry-run',
    'kubectl delete pvc data "--dry-run is no flag here"',
    'kubectl delete pvc data --dry-run=client\nkubectl delete pvc data',
    'kubectl delete pvc data --dry-run=server && kubectl delete pvc data',
    'kubectl exec db-0 -- rm file --dry-run',
    "kubectl exec db-0 -- sh -c 'ls /data; rm /data/file'",
    'kubectl get pods -o name | xargs kubectl delete',
    'echo "$(rm file)"',
    'echo `rm file`',
    'kubectl --cluster get delete pvc data',
    'kubectl \\\n  delete pvc data',
    "psql -c 'WITH gone AS (DELETE FROM jobs RETURNING id) SELECT * FROM gone'",
    `echo ${'x'.repeat(4_000)}; rm file`,
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
    ['More threads.', 'kubectl -n object-classification set env deployment/pre-processor DROP_OLD=1'],
    ['The former image.', 'kubectl set image deployment/a a=registry/a:1.2'],
    ['No new pods there.', 'kubectl cordon node-7'],
    ['Both nodes.', 'for i in 0 1; do kubectl cordon node-$i; done'],
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
    ['kubectl apply -f ensemble.yaml'],
    ['./mend.sh'],
    ['curl -X POST http://api/-/reload'],
    ['kubectl scale deployment/a --replicas=3\n./mend.sh'],
    ['kubectl get deployment a -o yaml > a.yaml'],
    ["psql -c 'SELECT pg_cancel_backend(7)'"],
    ['kubectl logs "a'],
  ])('is medium and cannot be undone when no rule knows better: %s', (command) => {
    expect(judge('Do it.', command)).toMatchObject({ risk: 'medium', destructive: false, reversible: false });
  });

  it.each([
    ['Look at the queue.', 'kubectl get pods -n object-classification'],
    ['Ask for the latency.', "curl -s 'http://prometheus:9090/api/v1/query?query=up'"],
    ['Tell the pipeline team.'],
    ['Look for drops.', "kubectl -n a logs deployment/b --since=10m | grep -E 'refused|dropp|delete' | tail -20"],
    ['Look at the quorum.', 'kubectl exec rabbitmq-0 -- rabbitmqctl -n rabbit list_queues name messages'],
    ['Ask the nodes.', 'nodetool status\nnodetool compactionstats 2>&1 # not: nodetool decommission'],
    [
      'Ask Prometheus.',
      "promtool query range --start=\"$(date -u -d '-6 hours' +%FT%TZ)\" \\\n  http://p 'rate(drop[5m])'",
    ],
    ['Look at the end.', 'openssl s_client -connect a:443 </dev/null 2>/dev/null | openssl x509 -noout -enddate'],
    ['Wait for it.', 'kubectl rollout status deployment/a'],
    ['Count.', "psql -h db -c 'SELECT count(*) FROM jobs'"],
    ['The dropped requests are retried.'],
  ])('is low when nothing changes: %s', (text, ...commands) => {
    expect(judge(text, ...commands)).toMatchObject({ risk: 'low', destructive: false, reversible: true });
  });

  it('believes an author who says that something is lost', () => {
    expect(judge('Purge the queue; this discards the messages in it.')).toMatchObject({ destructive: true });
  });

  it('has somebody agree to what no rule knows, and not to what is known', () => {
    expect(judge('Do it.', './mend.sh').needsApproval).toBe(true);
    expect(judge('Do it.', 'kubectl scale deployment/a --replicas=3').needsApproval).toBe(false);
    expect(judge('Look.', 'kubectl get pods').needsApproval).toBe(false);
  });

  it('says which document took the place of the one that it quotes', () => {
    const step = buildStep('runbooks/a.md', 'Look.');
    const superseded = new Map([['runbook:a', 'runbook:b']]);
    expect(toMitigationStep(step, 'runbook:a', superseded).supersededBy).toBe('runbook:b');
    expect(toMitigationStep(step, 'runbook:b', superseded)).not.toHaveProperty('supersededBy');
  });

  it('does not mistake a dry run for the deed', () => {
    expect(judge('See what would go.', 'kubectl delete pod web-server-0 --dry-run=client').destructive).toBe(false);
  });

  it.each([
    'Run `kubectl delete pvc data-0` once nobody reads it.',
    'Then rabbitmqctl purge_queue results.',
    'Purge the queue.',
    'Delete all jobs of the day.',
    'This is irreversible.',
    'Delete pod db-0.',
    'Stop the writers, then truncate `orders`.',
    'Remove the data directory and start the pod again.',
    'Empty the queue `orders`.',
    'Run `FLUSHALL` in redis-cli.',
    'Run mkfs.ext4 /dev/sdb1.',
    'Use kafka-topics.sh --delete --topic orders.',
    'Then curl -X DELETE http://search:9200/orders.',
  ])('reads what prose asks for: %s', (text) => {
    expect(judge(text)).toMatchObject({ risk: 'high', reversible: false, needsApproval: true });
  });

  it.each([
    'Never purge.',
    'Rows that were deleted come back; empty pages are served meanwhile.',
    'Remove the limit of the queue.',
    'Look whether requests drop and `web` is slow.',
  ])('takes for no order what is none: %s', (text) => {
    expect(judge(text)).toMatchObject({ risk: 'low', destructive: false });
  });

  it('has somebody agree to a command that the words tell to run, and no rule knows', () => {
    expect(judge('Run `./mend.sh` on db-0.')).toMatchObject({ needsApproval: true, reversible: false });
    expect(judge('Run `kubectl get pods`.')).toMatchObject({ risk: 'low', needsApproval: false });
  });

  it.each([
    ['kubectl ', 20_000],
    ['rabbitmqctl ', 10_000],
    ['$(', 50_000],
    ['"\\', 50_000],
    ['`', 100_000],
    ['sh -c ', 20_000],
    ['> ', 50_000],
    ['delete\n', 20_000],
    ['<<A\n', 20_000],
    ['ssh a ', 20_000],
    ["X='rm a' ", 20_000],
  ])('comes back from %j, %i times', { timeout: 2_000 }, (part, times) => {
    const hostile = part.repeat(times);
    expect(judge(hostile, hostile)).toMatchObject({ risk: 'high' });
    expect(judge(hostile, hostile.slice(0, 4_000)).reversible).toBe(false);
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
