import { programOf } from './inner-scripts.ts';
import { findStatementEffect, isMongoRead } from './statement-rules.ts';

export type Effect = 'reads' | 'can-be-undone' | 'unknown' | 'destroys';

interface Rule {
  /** The program, without its path. */
  readonly program: RegExp;
  /** The words after it that are no flags, from the first on. */
  readonly does: RegExp;
  readonly why: string;
}

/** What only looks. Whoever adds a line vouches for every flag of the command. */
const READS: readonly Rule[] = [
  {
    program: /^(?:kubectl|oc|k)$/,
    does: /^(?:get|describe|logs|top|events|explain|version|diff|wait|api-resources|cluster-info|auth can-i|rollout (?:status|history)|config (?:view|current-context|get-contexts))\b(?!-)/,
    why: 'asks the API server',
  },
  {
    program: /^helm$/,
    does: /^(?:list|ls|status|get|history|show|lint|template|version)\b/,
    why: 'asks about releases',
  },
  {
    program: /^(?:docker|docker-compose|podman|crictl|nerdctl)$/,
    does: /^(?:compose )?(?:ps|logs|inspect|stats|images|top|port|version|info)\b/,
    why: 'asks',
  },
  { program: /^rabbitmqctl$/, does: /^(?:list_\w+|status|cluster_status|report|environment)\b/, why: 'lists' },
  { program: /^rabbitmqadmin$/, does: /^(?:list|show|get)\b/, why: 'lists; a message that is got stays' },
  {
    program: /^rabbitmq-diagnostics$/,
    does: /^(?:check_\w+|list_\w+|status|cluster_status|alarms|memory_breakdown|observer)\b/,
    why: 'asks the node',
  },
  {
    program: /^nodetool$/,
    does: /^(?:status|info|ring|version|\w+stats|get\w+|listsnapshots|describecluster|gossipinfo|\w+histograms)\b/,
    why: 'asks the node',
  },
  {
    program: /^redis-cli$/,
    does: /^(?:info|ping|get|llen|ttl|type|dbsize|exists|strlen|scard|hlen|zcard|lrange|slowlog (?:get|len)|memory (?:usage|stats)|client list|config get|cluster (?:info|nodes))\b/i,
    why: 'reads keys',
  },
  {
    program: /^aws$/,
    does: /^(?:s3 ls|logs (?:tail|filter-log-events)|[\w-]+ (?:describe|list)-)/,
    why: 'asks the cloud',
  },
  {
    program: /^(?:gcloud|az)$/,
    does: /^(?!.*\b(?:st(?:op|art)|reset|create|update|set|add|delete|remove|deploy|import|export|ssh|scp|run|invoke)\b)(?:[\w-]+ ){0,3}(?:list|describe|read|show)(?: |$)/,
    why: 'asks the cloud',
  },
  {
    program: /^(?:terraform|tofu)$/,
    does: /^(?:plan|show|output|validate|version|graph|state (?:list|show)|workspace (?:list|show))\b/,
    why: 'compares or shows',
  },
  { program: /^etcdctl$/, does: /^(?:get|endpoint (?:status|health)|(?:member|alarm) list)\b/, why: 'reads keys' },
  {
    program: /^(?:consul|nomad)$/,
    does: /^(?:members|monitor|kv get|catalog|(?:job|node|alloc|deployment|server) (?:status|members))\b/,
    why: 'asks the cluster',
  },
  { program: /^vault$/, does: /^(?:status|kv (?:get|list)|list)\b/, why: 'shows secrets, changes none' },
  { program: /^ceph$/, does: /^(?:status|health|df|osd (?:tree|df|stat)|pg stat)\b/, why: 'asks the cluster' },
  { program: /^(?:zfs|zpool)$/, does: /^(?:list|status|get|iostat)\b/, why: 'shows volumes' },
  { program: /^(?:[lpv]vs|[lpv]vdisplay|lsblk|blkid)$/, does: /^/, why: 'shows volumes' },
  { program: /^ip$/, does: /^(?:addr|a|route|r|link|neigh)(?: (?:show|list|ls|get)\b|$)/, why: 'shows the network' },
  { program: /^(?:argocd|flux)$/, does: /^(?:app )?(?:get|list|diff|history|logs)\b/, why: 'asks about applications' },
  {
    program: /^(?:restic|velero)$/,
    does: /^(?:snapshots|stats|ls|diff|find|(?:backup|restore|schedule) (?:get|describe|logs))\b/,
    why: 'shows backups',
  },
  {
    program: /^mysqladmin$/,
    does: /^(?:status|extended-status|processlist|ping|version|variables)\b/,
    why: 'asks the server',
  },
  { program: /^(?:pg_dump|pg_dumpall|mysqldump|mongodump|pg_isready)$/, does: /^/, why: 'copies out' },
  { program: /^promtool$/, does: /^(?:query|check)\b/, why: 'asks Prometheus' },
  { program: /^openssl$/, does: /^(?:x509|s_client|verify)\b/, why: 'shows certificates' },
  { program: /^systemctl$/, does: /^(?:status|show|cat|is-\w+|list-[\w-]+)\b/, why: 'asks systemd' },
  { program: /^git$/, does: /^(?:log|diff|show|status|blame)\b/, why: 'reads history' },
  {
    program:
      /^(?:cat|ls|dir|z?[ef]?grep|head|tail|wc|uniq|cut|tr|jq|df|du|ps|free|uptime|echo|printf|dig|nslookup|host|getent|ping|traceroute|ss|netstat|lsof|printenv|vmstat|iostat|nproc|id|whoami|uname|stat|column|base64|sleep|jstack|jps|pgrep|tree|file|md5sum|sha256sum|true|seq|test|cd|jstat|done|fi|for)$/,
    does: /^/,
    why: 'has no way to change anything but its output',
  },
];

/** What changes something, and is undone by the same command with the former value. */
const CAN_BE_UNDONE: readonly Rule[] = [
  {
    program: /^(?:kubectl|oc|k)$/,
    does: /^(?:scale|autoscale|cordon|uncordon|annotate|label|taint|set (?:env|resources|image)|rollout (?:undo|pause|resume))\b(?!-)/,
    why: 'the old value, or the old revision, can be set again; a restart has none',
  },
  { program: /^helm$/, does: /^rollback\b/, why: 'revisions are kept' },
  { program: /^nodetool$/, does: /^(?:set\w+throughput|flush$|flush )/, why: 'a limit; flush only writes to disk' },
  { program: /^git$/, does: /^revert\b/, why: 'a commit more; nothing is lost' },
  {
    program: /^(?:docker|podman)$/,
    does: /^(?:compose )?(?:pause|unpause|update)\b/,
    why: 'limits; paused processes go on',
  },
  { program: /^systemctl$/, does: /^(?:stop|start|enable|disable|mask|unmask)\b/, why: 'the opposite word' },
  { program: /^redis-cli$/, does: /^config set\b/i, why: 'a setting' },
  { program: /^ceph$/, does: /^osd (?:set|unset) no/, why: 'a flag' },
  { program: /^nomad$/, does: /^job scale\b/, why: 'the old count can be set again' },
  { program: /^argocd$/, does: /^app rollback\b/, why: 'revisions are kept' },
  { program: /^aws$/, does: /^autoscaling set-desired-capacity\b/, why: 'the old count can be set again' },
  { program: /^az$/, does: /^vmss scale\b/, why: 'the old count can be set again' },
  { program: /^tc$/, does: /^qdisc add\b/, why: 'a rule more' },
  { program: /^ip$/, does: /^link set \S+ (?:up|down)\b/, why: 'the opposite word' },
  { program: /^rabbitmqctl$/, does: /^set_vm_memory_high_watermark\b/, why: 'a limit' },
];

/** Programs that read or write as their flags say: true when these words only read. */
const READS_WHEN: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  curl: isCurlGet,
  find: (words) => !words.some((word) => /^-(?:delete|exec|ok|fprint|fls)/.test(word)),
  sort: (words) => !words.some((word) => /^-\w*o|^--o/.test(word)),
  date: (words) => !words.some((word) => /^-\w*s|^--s/.test(word)),
  env: (words) => words.length === 0,
  // A script of sed can write files; `-n '/from/,/to/p'` cannot.
  sed: (words) =>
    words.length === 2 && words[0] === '-n' && /^[^;{}we]*p$|^\/[\w: ]+\/,(?:\$|\/[\w: ]+\/)p$/.test(words[1] ?? ''),
  awk: (words) => !words.some((word) => /system|getline|[|>]|^-[^Fv]/.test(word)),
  journalctl: (words) => !words.some((word) => /^--(?:vacuum|rotate|flush|sync|relinquish|update|setup)/.test(word)),
  iptables: isListing,
  ip6tables: isListing,
  tc: (words) => words.includes('show') || words.includes('ls'),
  nginx: (words) => words.every((word) => /^-[tTvVq]$/.test(word)),
  tar: (words) => /^-?[a-zA-Z]*t[a-zA-Z]*$/.test(words[0] ?? '') && !/[xcruA]/.test(words[0] ?? ''),
  mongo: isMongoRead,
  mongosh: isMongoRead,
};

/** Programs that change something as their flags say: true when it can be undone. */
const UNDONE_WHEN: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  sysctl: (words) => words.length === 2 && words[0] === '-w',
  iptables: (words) => words.some((word) => /^-[AI]$/.test(word)) && !words.some((word) => /^-[DFXPR]$/.test(word)),
};

/** What the rules know of one command. */
export function findEffect(words: readonly string[]): Effect {
  const program = programOf(words);
  if (program === '') return 'reads';
  const flags = words.slice(1);
  const statement = findStatementEffect(program, flags);
  if (statement !== undefined) return statement;
  if (lookUp(READS_WHEN, program)?.(flags)) return 'reads';
  if (lookUp(UNDONE_WHEN, program)?.(flags)) return 'can-be-undone';
  if (Object.hasOwn(READS_WHEN, program)) return 'unknown';
  if (/^kafka-/.test(program) && isKafkaListing(flags)) return 'reads';
  if (program === 'redis-cli' && isRedisWatching(flags)) return 'reads';
  const does = verbsOf(words);
  const follows = (rule: Rule) => rule.program.test(program) && rule.does.test(does);
  if (READS.some(follows)) return 'reads';
  return CAN_BE_UNDONE.some(follows) ? 'can-be-undone' : 'unknown';
}

function lookUp<T>(table: Readonly<Record<string, T>>, program: string): T | undefined {
  return Object.hasOwn(table, program) ? table[program] : undefined;
}

/** Flags that may stand before the verb with a value of their own. */
const FLAG_WITH_VALUE =
  /^(?:-n|--namespace|--context|--kubeconfig|--kube-context|-p|--vhost|-h|--host|-f|--file|-u|-a)$/;

/** The words from the verb on without flags; empty when a flag before it is not known, as its value may be the verb. */
export function verbsOf(words: readonly string[]): string {
  let at = 1;
  for (; words[at]?.startsWith('-'); at++) {
    if (FLAG_WITH_VALUE.test(words[at] ?? '')) at++;
    else if (!words[at]?.includes('=')) return '';
  }
  return words
    .slice(at)
    .filter((word) => !word.startsWith('-'))
    .join(' ');
}

/** Long flags are a list of the harmless ones, since curl takes `--req` for `--request` as well. */
function isCurlGet(words: readonly string[]): boolean {
  const isGet = words.some((word) => /^-\w*G|^--get$/.test(word));
  return words.every((word, index) => {
    const next = words[index + 1] ?? '';
    if (/^--(?:request)$/.test(word) || /^-[a-zA-Z]*X$/.test(word)) return /^(?:GET|HEAD)$/.test(next);
    if (/^-[a-zA-Z]*o$/.test(word)) return next === '/dev/null';
    if (/^-d$|^--data-urlencode$/.test(word)) return isGet;
    if (word.startsWith('--')) {
      return /^--(?:silent|fail|show-error|header|max-time|get|location|insecure|user|connect-timeout|retry|head|include|compressed|cacert|resolve|write-out|url)$/.test(
        word,
      );
    }
    return !/^-[a-zA-Z]*[XdFTOoKQ]/.test(word);
  });
}

/** Tools of Kafka say by a flag what they do. */
function isKafkaListing(words: readonly string[]): boolean {
  const acts = /^--(?:delete|alter|create|execute|reset-offsets|add|remove|election-type|offset-json-file|cancel)/;
  return (
    words.some((word) => /^--(?:describe|list|verify|version)$/.test(word)) && !words.some((word) => acts.test(word))
  );
}

function isRedisWatching(words: readonly string[]): boolean {
  return /^--(?:bigkeys|memkeys|hotkeys|latency(?:-history)?|stat|scan)$/.test(words.at(-1) ?? '');
}

function isListing(words: readonly string[]): boolean {
  return (
    words.some((word) => /^-\w*[LS]$|^--list/.test(word)) && words.every((word) => !/^-\w*[ADIRFXPNEZ]/.test(word))
  );
}
