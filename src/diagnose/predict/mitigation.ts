import type { MitigationStep, Risk } from '../../domain/diagnosis.ts';
import type { Step } from '../../domain/document.ts';

/** Commands and phrases that destroy data or capacity that nothing brings back by itself. */
const DESTRUCTIVE = [
  /\bkubectl\s+(?:[^\n|;&]*\s)?(?:delete|drain|replace\s+--force)\b/i,
  /\brm\s+-\w*[rf]/i,
  /\b(?:drop|truncate)\s+(?:table|database|keyspace|index|schema)\b/i,
  /\bdelete\s+from\b/i,
  /\brabbitmqctl\s+(?:\S+\s+)*(?:purge_queue|delete_queue|delete_vhost|reset|force_reset|forget_cluster_node)\b/i,
  /\brabbitmqadmin\s+(?:\S+\s+)*(?:purge|delete)\b/i,
  /\bnodetool\s+(?:\S+\s+)*(?:removenode|decommission|assassinate|clearsnapshot)\b/i,
  /\b(?:mkfs|wipefs|shred)\b|\bdd\s+if=/i,
  /\bterraform\s+destroy\b|\bhelm\s+(?:uninstall|delete)\b|\bdocker\s+(?:system\s+prune|volume\s+rm)\b/i,
  /\b(?:journalctl\s+--vacuum|git\s+(?:push\s+(?:\S+\s+)*--force|reset\s+--hard|clean\s+-))/i,
  /\b(?:irreversible|cannot be undone|destructive|data loss|loses? (?:data|messages)|discards?)\b/i,
];

/** Changes to what is running: not destructive, but somebody should know. */
const CHANGING = [
  /\bkubectl\s+(?:[^\n|;&]*\s)?(?:apply|patch|edit|scale|set|rollout|cordon|uncordon|taint|label|annotate|exec|create)\b/i,
  /\b(?:systemctl|service)\s+\S*(?:restart|stop|start|reload)\b/i,
  /\bhelm\s+(?:upgrade|rollback|install)\b|\bterraform\s+apply\b/i,
  /\b(?:rabbitmqctl|rabbitmqadmin|nodetool|cqlsh|psql|redis-cli)\b/i,
  /\b(?:restart|roll ?back|scale|fail ?over|reboot|kill)\b/i,
];

/** Restarts and kills cannot be taken back, though nothing is lost for good. */
const IRREVERSIBLE = [/\b(?:rollout\s+restart|reboot|kill(?:all)?|pkill|irreversible|cannot be undone)\b/i];

/**
 * A stored step with what it risks, judged by rules over its words and commands. The rules err on the side of caution:
 * what looks destructive needs approval even when its author thought it safe.
 */
export function toMitigationStep(step: Step, document: string): MitigationStep {
  const text = [step.text, ...step.commands].join('\n');
  const destructive = matches(DESTRUCTIVE, text) && !isDryRun(step.commands);
  const changing = matches(CHANGING, text);
  const risk: Risk = destructive ? 'high' : changing ? 'medium' : 'low';
  return {
    step: step.text,
    commands: step.commands,
    citation: { document, source: step.source },
    risk,
    destructive,
    reversible: !destructive && !matches(IRREVERSIBLE, text),
    needsApproval: destructive,
  };
}

function matches(rules: readonly RegExp[], text: string): boolean {
  return rules.some((rule) => rule.test(text));
}

function isDryRun(commands: readonly string[]): boolean {
  return commands.length > 0 && commands.every((command) => /--dry-run(?:=\w+)?\b/.test(command));
}
