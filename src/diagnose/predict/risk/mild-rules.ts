import { programOf } from './inner-scripts.ts';
import { verbsOf } from './risk-rules.ts';

/** Tools that keep or run what others depend on: of their words, those that no rule knows are taken for the worst. */
const ADMINISTERS =
  /^(?:kubectl|oc|k|eksctl|kops|kubeadm|istioctl|helm|helmfile|docker|docker-compose|podman|crictl|nerdctl|terraform|tofu|terragrunt|pulumi|aws|gcloud|gsutil|az|doctl|rabbitmqctl|rabbitmqadmin|kafka-[\w.-]+|pulsar-admin|nats|nodetool|redis-cli|patronictl|pg_ctl|mongosh?|psql|mysql|mariadb|cqlsh|clickhouse-client|influx|etcdctl|vault|consul|nomad|ceph|rbd|rados|gluster|zfs|zpool|[lvp]v\w+|mdadm|e2fsck|fsck[\w.]*|xfs_\w+|velero|restic|flux|argocd|nmcli|zkCli\.sh|git)$/;

/** What changes something and takes nothing away: it starts, ends or adds what can be had again. */
const MILD: readonly { readonly program: RegExp; readonly does: RegExp }[] = [
  {
    program: /^(?:kubectl|oc|k)$/,
    does: /^(?:apply|create|edit|patch|run|expose|exec|attach|debug|cp|port-forward|proxy|rollout restart|set|annotate|label|certificate approve|plugin|argo|config)\b/,
  },
  { program: /^(?:helm|helmfile)$/, does: /^(?:upgrade|install|repo|dependency|dep|pull|package|test|diff)\b/ },
  {
    program: /^(?:docker|docker-compose|podman|crictl|nerdctl)$/,
    does: /^(?:compose )?(?:start|stop|restart|kill|run|up|exec|pull|push|build|create|tag|login|cp|load|save)\b/,
  },
  {
    program: /^(?:terraform|tofu|terragrunt|pulumi)$/,
    does: /^(?:init|fmt|get|import|refresh|preview|workspace (?:new|select))\b/,
  },
  {
    program: /^aws$/,
    does: /^(?:[\w-]+ (?:start|reboot|create|run|get|tag|update|wait|enable|publish|invoke|set)\b|ssm|sts|configure|eks update-kubeconfig)/,
  },
  {
    program: /^(?:gcloud|az)$/,
    does: /\b(?:start|stop|restart|create|update|login|get-credentials|scale|resize|set|ssh)\b/,
  },
  { program: /^rabbitmqadmin$/, does: /^(?:declare|publish)\b/ },
  {
    program: /^rabbitmqctl$/,
    does: /^(?:st(?:art|op)_app|start|stop|add_\w+|set_\w+|await_\w+|close_\w+|enable_\w+|rotate_logs|sync_queue)\b/,
  },
  {
    program: /^nodetool$/,
    does: /^(?:repair|drain|snapshot|compact|upgradesstables|enable\w+|disable\w+|set\w+|rebuild|refresh)\b/,
  },
  {
    program: /^redis-cli$/i,
    does: /^(?:client (?:kill|pause|unpause|setname)|config (?:set|resetstat|rewrite)|bgsave|save|bgrewriteaof|publish|[lr]push|sadd|zadd|h?incr\w*|monitor|subscribe)\b/i,
  },
  {
    program: /^(?:etcdctl|zkCli\.sh)$/,
    does: /^(?:snapshot (?:save|status)|defrag|alarm disarm|move-leader|member add|watch|ls|get|stat)\b/,
  },
  {
    program: /^vault$/,
    does: /^(?:operator (?:seal|unseal|step-down|raft list-peers|key-status)|login|token (?:create|renew|lookup)|lease renew|audit list|read|secrets list)\b/,
  },
  {
    program: /^(?:consul|nomad)$/,
    does: /^(?:reload|maint|lock|watch|info|agent|exec|(?:job )?(?:run|plan|restart|eval|dispatch)|alloc (?:restart|signal|logs|exec)|snapshot (?:save|inspect)|operator)\b/,
  },
  {
    program: /^(?:ceph|rbd)$/,
    does: /^(?:osd (?:in|reweight|pool (?:create|ls|get))|pg (?:scrub|deep-scrub)|mon|mgr|tell|create|map|snap create|ls|info|orch (?:ps|ls|restart))\b/,
  },
  { program: /^(?:zfs|zpool|[lvp]v\w+)$/, does: /^(?:snapshot|create|set|send|mount|scrub|online|import|export|-)/ },
  {
    program: /^(?:velero|restic|flux|argocd)$/,
    does: /^(?:backup(?: create)?|app (?:sync|wait)|reconcile|resume|check|unlock|login)\b/,
  },
  {
    program: /^(?:patronictl|pg_ctl)$/,
    does: /^(?:list|topology|history|show-config|pause|resume|restart|reload|start|status)\b/,
  },
  {
    program: /^git$/,
    does: /^(?:pull|fetch|clone|commit|add|merge|cherry-pick|push|stash|checkout|switch|branch|tag|remote|config|init|rebase|reset|worktree|bisect|grep|rev-parse|ls-files)\b/,
  },
];

/** Statements that add, or end what runs. */
const MILD_STATEMENT =
  /^(?:insert|create(?!\s+or\s+replace)|alter|vacuum|analyze|reindex|kill|grant|checkpoint|begin|commit|use|optimize|call|select\s+pg_(?:terminate|cancel)_backend)\b[^;]*;?$/i;

/** True for a tool that keeps state, told to do what no rule knows to be harmless. */
export function isUnknownOrder(words: readonly string[]): boolean {
  const program = programOf(words);
  if (!ADMINISTERS.test(program)) return false;
  if (words.length < 2 || words.slice(1).every((word) => /^--?(?:help|version|[Vh])$/.test(word))) return false;
  const verbs = verbsOf(words);
  if (MILD.some((rule) => rule.program.test(program) && rule.does.test(verbs))) return false;
  return !words.some((word) => MILD_STATEMENT.test(word.trim()));
}
