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
  /(?:^|\s)--[a-z][\w-]{0,40}=|\|\s*(?:ba|z|da)?sh\b|&&|\$\(|>\s*\/(?:dev|etc|var)\//iu,
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
    .filter((sentence) => !isInstruction(sentence))
    .join(' ')
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, MAX_SUMMARY);
}

function isInstruction(sentence: string): boolean {
  return ADDRESS.test(sentence) || TYPED.some((typed) => typed.test(sentence));
}
