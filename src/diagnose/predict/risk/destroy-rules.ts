import { isShell, programOf, runsHiddenScript } from './inner-scripts.ts';
import { type Clause, HIDDEN } from './shell-clauses.ts';

/** Words that destroy, whatever the program: they count where a command is neither known to read nor to be undone. */
const DESTROYING_WORD =
  /^(?:(?:\w{0,9}X)?delete(?!d$)\w*|deletion|del|destroy\w*|drop\w*|purge\w*|prune|truncate\w*|flush\w*|uninstall|wipe\w*|\w*erase|\w*discard|expunge|clear\w*|forget|downgrade|teardown|nuke|unlink|rm|rmi|rmdir|rmtree|rmsync|remove\w*|[vlp]gremove|[lp]vremove|shred|mkfs|zap|decommission|deregister\w*|assassinate)$/i;

/** The same as whole words only, for they are parts of many harmless ones: `reset-failed`, `clean-up.log`. Force overrides a guard. */
const DESTROYING_WHOLE_WORD =
  /^(?:force|--force|force[_-]\w+|(?:hard_)?reset|restore|receive|clean|cleanup|--clean|gc|fresh|leave|skip|seek|rewind|revoke|(?:terminate|release|detach|disassociate|revoke)(?:-\S+)?)$/i;

interface Combination {
  readonly words: readonly RegExp[];
  readonly why: string;
}

const CLUSTERS: readonly Combination[] = [
  { words: [/^(?:kubectl|oc|k)$/, /^drain$/], why: 'evicts every pod of a node' },
  { words: [/^(?:kubectl|oc|k)$/, /^replace$/, /^--force$/], why: 'deletes before it creates' },
  { words: [/^(?:kubectl|oc|k)$/, /^patch$/, /finalizers/], why: 'what a finalizer protects goes' },
  { words: [/^down$/, /^(?:-\w*v\w*|--volumes)$/], why: 'docker compose: volumes go too' },
  {
    words: [/^(?:terraform|tofu|terragrunt|pulumi)$/, /^(?:apply|up)$/],
    why: 'does what a plan says that is not here',
  },
  { words: [/^nomad$/, /^stop$/], why: 'a stopped job is deregistered' },
  { words: [/^(?:terraform|tofu|terragrunt)$/, /^taint$/], why: 'the next apply replaces it' },
];

const STORES: readonly Combination[] = [
  { words: [/^rabbitmqctl$/, /^forget_cluster_node$/], why: 'queues of the node are lost' },
  { words: [/^kafka-/, /^--reset-offsets$/], why: 'messages are skipped or repeated' },
  { words: [/^kafka-/, /^--alter$/, /retention|cleanup\.policy/], why: 'messages beyond the new limit are lost' },
  { words: [/^etcdctl$/, /^compact/], why: 'older revisions are lost' },
  { words: [/^vault$/, /^(?:disable|rollback|move)$/], why: 'secrets and leases end' },
  {
    words: [/^(?:zfs|btrfs|rbd|lxc|virsh|lvconvert)$/, /^(?:rollback|revert|--merge)$/],
    why: 'what came after is lost',
  },
  {
    words: [
      /^redis-cli$/,
      /^(?:[hxz]del|[lsz]rem\w*|[lrsz]m?pop\w*|[lx]trim|p?expire\w*|m?set\w*|getset|[hl]m?set\w*|rename\w*|migrate)$/i,
    ],
    why: 'takes keys away, or writes over them',
  },
  { words: [/^(?:aws|gsutil|gcloud|rclone|s3cmd|mc)$/, /^(?:mv|move|rb|rewrite)$/], why: 'is gone where it was' },
];

const FILES: readonly Combination[] = [
  { words: [/^dd$/, /^[io]f=/], why: 'overwrites a device' },
  { words: [/^(?:nvme|hdfs)$/, /^-?format$/], why: 'writes over what is stored' },
  { words: [/^journalctl$/, /^--vacuum/], why: 'logs are lost' },
  { words: [/^find$/, /^-exec(?:dir)?$/, /^(?:mv|cp|ch\w+)$/], why: 'whatever is found' },
  { words: [/^umount$/, /^-\w*[fl]/], why: 'what was not written yet is lost' },
  {
    words: [/^(?:make|rake|just|task|npm|yarn|mvn|gradlew?)$/, /^(?:\w+[-:])?(?:clean|reset|fresh)\b/],
    why: 'what was made is lost',
  },
  { words: [/^logrotate$/, /^(?:-\w*f|--force)$/], why: 'the oldest logs are lost' },
  { words: [/^crontab$/, /^-\w*r$/], why: 'no copy is kept' },
  { words: [/^rsync$/, /^--del/], why: 'removes what the source lacks' },
  { words: [/^(?:sed|perl)$/, /^(?:-\w*i|--in-place)$/], why: 'overwrites the file' },
  { words: [/^(?:user|group)del$/], why: 'accounts are lost' },
  {
    words: [
      /^(?:[lv]greduce|lvreduce|mke2fs|sfdisk|sgdisk|fdisk|parted|mdadm|pg_resetwal|\w+[-_]?restore|cryptsetup)$/,
    ],
    why: 'writes over what is stored',
  },
  {
    words: [/^(?:(?:ip|ip6|eb|arp)tables|ipvsadm|ipset|conntrack)$/, /^(?:-[FXDC]|--flush|--delete\S*)$/],
    why: 'rules are lost',
  },
];

const HISTORY: readonly Combination[] = [
  { words: [/^git$/, /^push$/, /^(?:-f|--force\S*|--mirror|[+:]\S+)$/], why: 'commits of others are lost' },
  { words: [/^git$/, /^reset$/, /^--(?:hard|merge|keep)$/], why: 'uncommitted work is lost' },
  { words: [/^git$/, /^(?:branch|tag)$/, /^-[dD]$/], why: 'its commits may have no other name' },
  {
    words: [/^git$/, /^(?:checkout|switch)$/, /^(?:--|-f|--force|--discard-changes|\.)$/],
    why: 'uncommitted work is lost',
  },
  { words: [/^git$/, /^update-ref$/, /^-d$/], why: 'its commits may have no other name' },
  { words: [/^(?:history|dmesg)$/, /^-[cC]$/], why: 'no copy is kept' },
  { words: [/^git$/, /^(?:filter-branch|filter-repo|expire)$/], why: 'history is written anew' },
];

/** What destroys by a combination of words. */
const DESTROYS: readonly Combination[] = [...CLUSTERS, ...STORES, ...FILES, ...HISTORY];

/** Programs that run the statements they are fed. */
const DATABASE_CLIENT =
  /^(?:psql|mysql|mariadb|sqlite3|cqlsh|mongo|mongosh|redis-cli|clickhouse-client|influx|sqlplus|cypher-shell|nc|ncat|telnet)$/;

/** Statements that write over rows; those that delete them have a word for it. */
const OVERWRITING_STATEMENT =
  /\bupdate\s+(?:only\s+)?[\w."`]+\s+set\b|\breplace\s+into\b|\bmerge\s+into\b|\.(?:update|replace|bulkWrite|findAndModify)\w*\(/i;

/** Files of the system and of its programs: a copy over one of them leaves nothing of what was there. */
const SYSTEM_PATH = /^\/(?:etc|var|usr|opt|srv|lib\w*|boot|root|home|dev|proc|sys)\b/;

export function isDestroying(clause: Clause): boolean {
  const { words } = clause;
  const isClient = DATABASE_CLIENT.test(programOf(words));
  const text = isClient && typeof clause.input === 'string' ? `${clause.text} ${clause.input}` : clause.text;
  // The shell takes `r""m` for `rm`, so the program counts as it is called, too.
  if ([programOf(words), ...text.split(/[^A-Za-z0-9]+/)].some((word) => DESTROYING_WORD.test(word))) return true;
  const bare = text
    .split(/[\s"'`():]+/)
    .map((word) => word.slice(word.startsWith('/') ? word.lastIndexOf('/') + 1 : 0));
  const all = [...words, ...bare];
  if (isWholeWordDestroying(all)) return true;
  return (
    DESTROYS.some((rule) => rule.words.every((wanted) => all.some((word) => wanted.test(word)))) ||
    isOverwriting(clause) ||
    isHidden(clause) ||
    isReplacingRequest(words) ||
    (isClient && OVERWRITING_STATEMENT.test(text))
  );
}

/** `git reset` without more, and what systemd calls so, lose nothing. */
function isWholeWordDestroying(words: readonly string[]): boolean {
  const isMild = words.includes('git') && words.includes('reset');
  return !isMild && words.some((word) => DESTROYING_WHOLE_WORD.test(word));
}

/** A file emptied, or one of the system written anew. */
export function isOverwriting({ words, overwrites }: Clause): boolean {
  if (overwrites.some((path) => SYSTEM_PATH.test(path))) return true;
  const program = programOf(words);
  if (overwrites.length > 0) return /^(?::|true|)$/.test(program) || (program === 'cat' && words[1] === '/dev/null');
  if (program === 'tee') return !words.some((word) => /^-\w*a|^--append$/.test(word)) && words.some(isSystemPath);
  if (program === 'tar') return isExtracting(words) && words.some((word) => word === '/' || isSystemPath(word));
  const isCopy =
    /^(?:cp|mv|install|scp|ln)$/.test(program) ||
    (/^(?:kubectl|oc|k|docker|podman)$/.test(program) && words.includes('cp'));
  return isCopy && isSystemPath(words.at(-1) ?? '');
}

function isExtracting(words: readonly string[]): boolean {
  return (
    words.slice(1).some((word) => /^-[a-zA-Z]*x[a-zA-Z]*$|^--(?:extract|get)$/.test(word)) ||
    /^\w*x\w*$/.test(words[1] ?? '')
  );
}

function isSystemPath(path: string): boolean {
  return SYSTEM_PATH.test(path.replace(/^[^:]*:/, ''));
}

/** It runs a script or statements that nobody can read here; what was not judged is not trusted. */
function isHidden(clause: Clause): boolean {
  const { words, input } = clause;
  const program = programOf(words);
  if (runsHiddenScript(clause) || program === 'eval') return true;
  if (isShell(program) || !DATABASE_CLIENT.test(program)) return false;
  return input === HIDDEN || words.some((word) => /^(?:-f|--file(?:=.*)?|source|\\i)$/.test(word));
}

/** PUT and PATCH write over what is stored there. */
function isReplacingRequest(words: readonly string[]): boolean {
  return (
    /^(?:curl|wget|https?)$/.test(programOf(words)) &&
    words.some((word) => /^(?:-\w*X|--(?:request|method)=)?(?:PUT|PATCH)$/.test(word))
  );
}

/** Which flag of which program only shows what would be done. */
const DRY_RUN: readonly { readonly program: RegExp; readonly flag: RegExp }[] = [
  { program: /^(?:kubectl|oc|k)$/, flag: /^--dry-run(?:=(?:client|server))?$/ },
  { program: /^(?:helm|git|kafka-consumer-groups(?:\.sh)?)$/, flag: /^--dry-run(?:=(?:client|server))?$/ },
  { program: /^(?:aws|rsync|restic|apt-get)$/, flag: /^--dry-?run$/ },
];

export function isDryRun(words: readonly string[]): boolean {
  const separator = words.indexOf('--');
  const flags = words.slice(0, separator < 0 ? undefined : separator).filter((word) => /^--dry-?run/.test(word));
  const known = DRY_RUN.find(({ program }) => program.test(programOf(words)));
  return known !== undefined && flags.length > 0 && flags.every((word) => known.flag.test(word));
}
