import { neutralise } from '../../../llm/fence.ts';

const MAX_SUMMARY = 600;

/** Where one sentence ends and the next begins; a point within a name or a number ends none. */
const SENTENCE_END = /(?<=[.!?;])\s+|\n+/u;

/**
 * Programs that are typed, each with something after it that is typed too: an option, a path, a word of their own. Prose
 * speaks of them as well ("docker was slow", "make room"), and says nothing that could be pasted.
 */
const TYPED = [
  /\b(?:kubectl|helm|oc|docker|podman|nerdctl|systemctl|git|terraform|ansible|npm|npx|pip|apt|apt-get|yum)\s+(?:-{1,2}\w|(?:apply|delete|drain|cordon|scale|patch|exec|edit|rollout|set|create|run|rm|rmi|kill|stop|start|restart|prune|push|reset|clean|checkout|destroy|install|uninstall|upgrade|rollback)\b)/iu,
  /\b(?:aws|gcloud|az)\s+[\w-]+\s+(?:[\w-]+\s+)?(?:rm|cp|mv|sync|delete|create|run|update|stop|(?:delete|terminate|stop|update|put)-[\w-]+)\b/iu,
  /\b(?:rm|mv|cp|dd|chmod|chown|kill|pkill|killall|mkfs(?:\.\w+)?|curl|wget|bash|sh|zsh|python3?|perl|node|nc|ssh|scp|sudo|eval|psql|mysql|mongosh?|redis-cli|etcdctl|iptables|tc)\s+(?:-{1,2}\w|["'/~$<.]|\w+[:=@/])/iu,
  /\b(?:curl|wget|ssh|nc)\s+[\w-]+\.[a-z]{2}/iu,
  /\b(?:drop|truncate)\s+(?:table|database|schema|index|collection|keyspace)\b|\bdelete\s+(?:from|(?:the\s+|all\s+)?(?:namespace|pod|deployment|volume|bucket|index|table|database)s?)\b/iu,
  /(?:^|\s)--[a-z][\w-]{0,40}=|&&|\$\(|>\s*\/(?:boot|dev|etc|proc|root|sys|usr|var)\//iu,
  /\|\s*(?:(?:ba|z|da)?sh|kubectl|nc|node|perl|python3?|sudo|tee|xargs)\b/iu,
  // Options that nobody writes in prose: one to three letters, and those that silence a question.
  /(?:^|\s)-[a-z]{1,3}(?=[\s"'`=]|$)|\s-(?:delete|exec|recurse)\b|(?:^|\s)--(?:all|cascade|delete|force|hard|no-preserve-root|now|prefix|prune|purge|recursive|volumes|yes)\b/iu,
  /\b(?:alembic|argocd|aws|az|ceph|consul|crictl|ctr|docker(?:[ -]compose)?|eksctl|etcdctl|flux|flyway|gcloud|git|gluster|gsutil|helmfile|kubectl|kafka-[a-z-]{1,30}(?:\.sh)?|launchctl|liquibase|mysqladmin|nft|nodetool|nomad|patronictl|pg_ctl|pulumi|rabbitmqadmin|rabbitmqctl|rclone|redis-cli|restic|skaffold|terraform|terragrunt|tofu|ufw|vault|velero|virsh|zfs|zpool)\s+(?:[\w/.-]{1,40}\s+)?(?:apply|assassinate|batch-delete\S*|clean\w*|clear\w*|compact|decommission|del|delete\w*|deregister\S*|destroy|detach\S*|disable|down|downgrade|drain|drop\S*|expire|flush\w*|force\S*|forget\w*|gc|kill|[lr]pop|[lx]trim|move|prune|purge\w*|rb|release-\S+|reinit|remove\w*|reset\w*|restart|restore|revoke|rm|rollback|shutdown|stop\w*|taint|unload|up|wipe)\b/iu,
  /\b(?:fdisk|lvremove|mkfs\S{0,10}|parted|pvremove|shred|swapoff|umount|userdel|vgremove|wipefs)\s+[\w/~-]|\bip\s+(?:addr|link|neigh|route|rule)\s+(?:add|change|del|delete|flush|replace|set)\b|\binit\s+[06]\b/iu,
  /\balter\s+(?:database|role|system|table|user)\s+\w|\bupdate\s+[\w."]{1,60}\s+set\s+\w|\bflush(?:all|db)\b|\.(?:delete|drop|remove)\w{0,20}\(/iu,
  /\b(?:Clear|Disable|Format|Invoke|Remove|Restart|Stop)-[A-Z][a-z]/u,
  /(?:^|\b(?:call|execute|run|try|use)\s)["'`]?(?:\.{1,2}|~)?\/\S/iu,
];

const ADDRESS = /\b[a-z][a-z\d+.-]{1,20}:\/\/|\bwww\.|\bdata:[\w/+.-]{1,60};base64|\b[A-Za-z\d+/]{40,}={0,2}/iu;

/**
 * A cause as the model words it. The words are its own, so a sentence that could be typed or opened is left out: what to
 * do is quoted from stored documents and from nowhere else.
 */
export function toSummary(said: string): string {
  return neutralise(said)
    .normalize('NFKC')
    .slice(0, 4 * MAX_SUMMARY)
    .split(SENTENCE_END)
    .map((sentence) => sentence.replace(/\s+/gu, ' ').trim())
    .reduce(append, '')
    .slice(0, MAX_SUMMARY);
}

/** A command that was broken into lines would be whole again once they are joined. */
function append(text: string, sentence: string): string {
  const longer = `${text} ${sentence}`.trim();
  return isInstruction(sentence) || isInstruction(longer) ? text : longer;
}

function isInstruction(sentence: string): boolean {
  return ADDRESS.test(sentence) || TYPED.some((typed) => typed.test(sentence));
}
