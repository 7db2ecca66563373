import type { Finding } from './finding.ts';
import { isPlaceholder, looksRandom } from './placeholders.ts';

/** Where commands, headers and addresses carry a credential without naming it. `value` is what has to go. */
interface Place {
  readonly kind: string;
  readonly pattern: RegExp;
  /** Where a harmless word may stand as well. */
  readonly onlyRandom?: true;
}

const WORD = `["']?(?<value>[^\\s"'\`|;]{1,400})`;
/** Arguments before the one that matters; a command is one line. */
const ARGUMENTS = String.raw`[^\n|;]{0,200}?\s`;

const PLACES: readonly Place[] = [
  // The scheme does not matter. A password may hold an @, so the last one ends it.
  { kind: 'url-password', pattern: /:\/\/[^\s:@/'"`<>]{0,128}:(?<value>[^\s/'"`|]{1,256})@/dg },
  { kind: 'url-password', pattern: /:\/\/(?<value>[\w.~-]{20,256})@(?=[\w[])/dg, onlyRandom: true },
  { kind: 'url-password', pattern: /:(?<value>[^\s@:/]{1,128})@(?:tcp|unix|udp)\(/dg },
  {
    kind: 'authorization',
    pattern:
      /authorization["'`]{0,2}[ \t]{0,4}[:=][ \t]{0,4}["'`]?(?:(?:Bearer|Basic|Digest|Token|ApiKey|GenieKey|SSWS|Splunk|Negotiate)[ \t]{1,4})?(?:token=)?["']?(?<value>[^\s"'`,;]{4,4000})/dgi,
  },
  {
    kind: 'authorization',
    pattern: /\b(?:Bearer|GenieKey|SSWS)[ \t]{1,4}(?<value>[\w.~+/=-]{12,4000})/dgi,
    onlyRandom: true,
  },
  { kind: 'secret', pattern: /\b(?:Set-)?Cookie:[ \t]{0,4}[\w.-]{1,60}=(?<value>[^\s;"']{8,4000})/dgi },
  { kind: 'password', pattern: command('curl|wget|http', '(?:-u|--user|-U|--proxy-user)[ =]?["\']?[^\\s:"\']{1,80}:') },
  { kind: 'password', pattern: command('mysql\\w*|mariadb\\w*|sqlcmd|mongo\\w*', '-[pP]') },
  { kind: 'password', pattern: command('redis-cli|valkey-cli|ldap\\w+', '-[aw] ') },
  {
    kind: 'password',
    pattern: command('sshpass|cqlsh|docker login|helm registry login|az login|rabbitmqadmin|mongo\\w*', '-p ?'),
  },
  {
    kind: 'password',
    pattern: command('rabbitmqctl (?:add_user|change_password|authenticate_user)', '[^\\s-]\\S{0,60} ', '[ ]{1,4}'),
  },
  { kind: 'password', pattern: command('htpasswd', '-\\w*b\\w* \\S{1,80} \\S{1,60} ') },
  {
    kind: 'password',
    pattern:
      /\b(?:IDENTIFIED BY|(?:WITH |ENCRYPTED )PASSWORD|SET PASSWORD\b[^\n'";]{0,60}=)[ \t]{1,4}["'](?<value>[^'"\n]{1,200})/dgi,
  },
  { kind: 'secret', pattern: /--from-literal[= ]["']?[\w.-]{1,100}=["']?(?<value>[^\s"'`|;]{1,400})/dg },
];

function command(names: string, before: string, argumentsBefore = ARGUMENTS): RegExp {
  return new RegExp(String.raw`\b(?:${names})${argumentsBefore}${before}${WORD}`, 'dg');
}

export function findCredentials(text: string): Finding[] {
  return PLACES.flatMap(({ kind, pattern, onlyRandom }) =>
    [...text.matchAll(pattern)].flatMap(({ groups, indices }) => {
      const value = groups?.value ?? '';
      const [start, end] = indices?.groups?.value ?? [0, 0];
      const isReal = !isPlaceholder(value) && (!onlyRandom || looksRandom(value));
      return isReal ? [{ start, end, kind }] : [];
    }),
  );
}
