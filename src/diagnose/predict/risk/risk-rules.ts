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
    program: /^(?:kubectl|oc)$/,
    does: /^(?:get|describe|logs|top|events|explain|version|diff|wait|api-resources|cluster-info|auth can-i|rollout (?:status|history)|config (?:view|current-context|get-contexts))\b(?!-)/,
    why: 'asks the API server',
  },
  { program: /^helm$/, does: /^(?:list|ls|status|get|history|show|lint|version)\b/, why: 'asks about releases' },
  { program: /^docker$/, does: /^(?:compose )?(?:ps|logs|inspect|stats|images|top|port|version|info)\b/, why: 'asks' },
  { program: /^rabbitmqctl$/, does: /^(?:list_\w+|status|cluster_status|report|environment)\b/, why: 'lists' },
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
  { program: /^redis-cli$/, does: /^(?:info|ping|get|llen|ttl|type|dbsize|exists|strlen)\b/i, why: 'reads keys' },
  { program: /^aws$/, does: /^(?:s3 ls|[\w-]+ (?:describe|list)-)/, why: 'asks the cloud' },
  { program: /^etcdctl$/, does: /^(?:get|endpoint (?:status|health)|(?:member|alarm) list)\b/, why: 'reads keys' },
  { program: /^promtool$/, does: /^(?:query|check)\b/, why: 'asks Prometheus' },
  { program: /^openssl$/, does: /^(?:x509|s_client|verify)\b/, why: 'shows certificates' },
  { program: /^systemctl$/, does: /^(?:status|show|cat|is-\w+|list-[\w-]+)\b/, why: 'asks systemd' },
  { program: /^git$/, does: /^(?:log|diff|show|status|blame)\b/, why: 'reads history' },
  {
    program:
      /^(?:cat|ls|z?[ef]?grep|head|tail|wc|uniq|cut|tr|jq|df|du|ps|free|uptime|echo|printf|dig|nslookup|host|getent|ping|traceroute|ss|netstat|lsof|printenv|vmstat|iostat|nproc|id|whoami|uname|stat|column|base64|sleep|true|seq|test|cd|jstat|done|fi|for)$/,
    does: /^/,
    why: 'has no way to change anything but its output',
  },
];

/** What changes something, and is undone by the same command with the former value. */
const CAN_BE_UNDONE: readonly Rule[] = [
  {
    program: /^(?:kubectl|oc)$/,
    does: /^(?:scale|autoscale|cordon|uncordon|annotate|label|set (?:env|resources|image)|rollout (?:undo|pause|resume))\b(?!-)/,
    why: 'the old value, or the old revision, can be set again; a restart has none',
  },
  { program: /^helm$/, does: /^rollback\b/, why: 'revisions are kept' },
  { program: /^nodetool$/, does: /^(?:set\w+throughput|flush$|flush )/, why: 'a limit; flush only writes to disk' },
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
  psql: isSelect,
  cqlsh: isSelect,
};

/** Words that destroy, whatever the program: they count where a command is neither known to read nor to be undone. */
const DESTROYING_WORD =
  /^(?:(?:\w{0,9}X)?delete(?!d$)\w*|del|destroy\w*|drop\w*|purge\w*|prune|truncate\w*|flush\w*|uninstall|wipe\w*|erase|unlink|rm|rmi|rmdir|remove\w*|[vlp]gremove|[lp]vremove|shred|mkfs|zap|decommission|assassinate|clearsnapshot)$/i;

/** What destroys by a combination of words. */
const DESTROYS: readonly { readonly words: readonly RegExp[]; readonly why: string }[] = [
  { words: [/^(?:kubectl|oc)$/, /^drain$/], why: 'evicts every pod of a node' },
  { words: [/^(?:kubectl|oc)$/, /^replace$/, /^--force$/], why: 'deletes before it creates' },
  { words: [/^down$/, /^(?:-\w*v\w*|--volumes)$/], why: 'docker compose: volumes go too' },
  { words: [/^rabbitmqctl$/, /^(?:force_)?reset$|^forget_cluster_node$/], why: 'queues of the node are lost' },
  { words: [/^kafka-/, /^--reset-offsets$/], why: 'messages are skipped or repeated' },
  { words: [/^dd$/, /^[io]f=/], why: 'overwrites a device' },
  { words: [/^journalctl$/, /^--vacuum/], why: 'logs are lost' },
  { words: [/^git$/, /^push$/, /^(?:-f|--force\S*)$/], why: 'commits of others are lost' },
  { words: [/^git$/, /^reset$/, /^--hard$/], why: 'uncommitted work is lost' },
  { words: [/^git$/, /^clean$/], why: 'untracked files are lost' },
  { words: [/^aws$/, /^terminate-/], why: 'machines are gone' },
  { words: [/^rsync$/, /^--del/], why: 'removes what the source lacks' },
];

/** These know `--dry-run`; others would fail on it, or take it for a name. */
const HAS_DRY_RUN = /^(?:kubectl|oc|helm|git)$/;

/** What the rules know of one command. */
export function findEffect(words: readonly string[]): Effect {
  const program = programOf(words);
  if (program === '') return 'reads';
  const readsWhen = Object.hasOwn(READS_WHEN, program) ? READS_WHEN[program] : undefined;
  if (readsWhen) return readsWhen(words.slice(1)) ? 'reads' : 'unknown';
  const does = verbsOf(words);
  const follows = (rule: Rule) => rule.program.test(program) && rule.does.test(does);
  if (READS.some(follows)) return 'reads';
  return CAN_BE_UNDONE.some(follows) ? 'can-be-undone' : 'unknown';
}

function programOf([first = '']: readonly string[]): string {
  return first.slice(first.lastIndexOf('/') + 1);
}

/** What `kubectl exec … --` and `sh -c` run. */
export function findInnerScript(words: readonly string[]): string[] | undefined {
  const program = programOf(words);
  if (/^(?:ba|z|da)?sh$/.test(program) && words[1] === '-c') return words.slice(2, 3);
  const separator = words.indexOf('--');
  if (!/^(?:kubectl|oc)$/.test(program) || separator < 0 || !/^exec\b/.test(verbsOf(words))) return undefined;
  return [
    words
      .slice(separator + 1)
      .map((word) => `'${word.replaceAll("'", `'\\''`)}'`)
      .join(' '),
  ];
}

/** Flags that may stand before the verb with a value of their own. */
const FLAG_WITH_VALUE = /^(?:-n|--namespace|--context|--kubeconfig|--kube-context|-p|--vhost|-h|--host|-f|--file)$/;

/** The words from the verb on without flags; empty when a flag before it is not known, as its value may be the verb. */
function verbsOf(words: readonly string[]): string {
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

export function isDestroying({ words, text }: Clause): boolean {
  if (text.split(/[^A-Za-z0-9]+/).some((word) => DESTROYING_WORD.test(word))) return true;
  const bare = text.split(/[\s"'`()]+/).map((word) => word.slice(word.startsWith('/') ? word.lastIndexOf('/') + 1 : 0));
  const all = [...words, ...bare];
  return DESTROYS.some((rule) => rule.words.every((wanted) => all.some((word) => wanted.test(word))));
}

export function isDryRun(words: readonly string[]): boolean {
  const separator = words.indexOf('--');
  const flags = words.slice(0, separator < 0 ? undefined : separator).filter((word) => word.startsWith('--dry-run'));
  return (
    HAS_DRY_RUN.test(programOf(words)) &&
    flags.length > 0 &&
    flags.every((word) => /^--dry-run(?:=(?:client|server))?$/.test(word))
  );
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

/** One statement after `-c` or `-e` that starts with SELECT and calls nothing that acts. */
function isSelect(words: readonly string[]): boolean {
  const at = words.findIndex((word) => /^-[ce]$/.test(word));
  const statement = at < 0 ? '' : (words[at + 1] ?? '').trim();
  const isRead =
    /^(?:select|describe|show)\b[^;]*;?$/i.test(statement) && !/\binto\b|pg_\w+\(|lo_\w+\(/i.test(statement);
  return isRead && words.filter((word) => /^-[cef]|^--(?:c|e|f)/.test(word)).length === 1;
}

/** One command of a script: what stands between `;`, `|`, `&` and line ends. */
export interface Clause {
  /** As the shell would split them, without quotes and comments. */
  readonly words: readonly string[];
  /** As written, without comments. */
  readonly text: string;
  /** It writes a file, or holds something that was not read: an open quote, backticks. */
  readonly isOpaque: boolean;
}
