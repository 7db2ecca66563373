import type { Finding } from './finding.ts';

const LOCAL_PART = /[\p{L}\p{N}][\p{L}\p{N}._%+'-]{0,63}$/u;
const DOMAIN = /(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.){1,8}(?:\p{L}{2,24}|xn--[a-z\d-]{2,59})(?![\p{L}\p{N}_-])/uy;
const LONGEST_LOCAL_PART = 64;
const AT = /@|%40/g;

/** Hosts inside a network, systemd units, files: what has no mailbox. */
const NO_MAIL_DOMAIN =
  /\.(?:local|localdomain|localhost|internal|intranet|lan|svc|cluster|service|socket|timer|target|mount|slice|scope|png|jpe?g|gif|svg|webp|json|ya?ml|toml|js|ts|txt|log|gz|tgz|conf|git)$/i;
const COMMANDS = ['ssh', 'scp', 'sftp', 'rsync', 'mosh', 'ssh-copy-id', 'autossh', 'sshfs', 'ansible'];
const REMOTE_COMMAND = new RegExp(`(?:^|[^\\p{L}\\p{N}_.-])(?:${COMMANDS.join('|')})$`, 'u');
/** `host:path/to/it` as git and scp write it; one word alone is one of a sentence. */
const PATH = /:(?:~|[\w.-]{0,100}(?:\/|\.git\b))/y;
/** What stands in front of a login on its line, at most. */
const LOOK_BACK = 160;

/** E-mail addresses; logins such as `git@host:path` and `ssh root@host` are none, and runbooks need them whole. */
export function findEmails(text: string): Finding[] {
  const found: Finding[] = [];
  for (const { 0: at, index } of text.matchAll(AT)) {
    const local = LOCAL_PART.exec(text.slice(Math.max(0, index - LONGEST_LOCAL_PART), index))?.[0];
    DOMAIN.lastIndex = index + at.length;
    const domain = local ? DOMAIN.exec(text)?.[0] : undefined;
    if (!local || !domain || NO_MAIL_DOMAIN.test(domain)) continue;
    const [start, end] = [index - local.length, index + at.length + domain.length];
    if (!isLogin(text, start, end)) found.push({ start, end, kind: 'email' });
  }
  return found;
}

function isLogin(text: string, start: number, end: number): boolean {
  if (text.startsWith('://', end)) return false;
  PATH.lastIndex = end;
  if (PATH.test(text)) return true;
  const before = text.slice(Math.max(0, start - LOOK_BACK), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  return line.endsWith('://') || isArgument(line, text[end] === ':');
}

/** Whether the line is a remote command and its options: a sentence may speak of ssh and then of whom to ask. */
function isArgument(line: string, copiesTo: boolean): boolean {
  const words = line
    .replace(/["'`]+$/, '')
    .trim()
    .split(/\s+/);
  const command = words.findLastIndex((word) => REMOTE_COMMAND.test(word));
  if (command < 0) return false;
  return words.slice(command + 1).every((word, at, between) => {
    const isOption = word.startsWith('-') || (between[at - 1] ?? '').startsWith('-');
    return isOption || (copiesTo && /[./]/.test(word));
  });
}
