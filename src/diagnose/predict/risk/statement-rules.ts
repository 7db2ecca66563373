import type { Effect } from './risk-rules.ts';

/** Database clients, and the flag behind which a statement stands. */
const STATEMENT_FLAG: Readonly<Record<string, RegExp>> = {
  psql: /^(?:-c|--command)$/,
  cqlsh: /^(?:-e|--execute)$/,
  mysql: /^(?:-e|--execute)$/,
  mariadb: /^(?:-e|--execute)$/,
  'clickhouse-client': /^(?:-q|--query)$/,
};

/** Whatever else may bring statements along. */
const MORE_STATEMENTS = /^-[cefq]|^--(?:c|e|f|q|init)/;

/** What a client of a database does with the one statement of its flags; undefined for other programs. */
export function findStatementEffect(program: string, words: readonly string[]): Effect | undefined {
  const flag = Object.hasOwn(STATEMENT_FLAG, program) ? STATEMENT_FLAG[program] : undefined;
  if (!flag) return undefined;
  if (program === 'psql' && words.length === 1 && /^(?:-l|--list)$/.test(words[0] ?? '')) return 'reads';
  const at = words.findIndex((word) => flag.test(word));
  if (at < 0 || words.filter((word) => MORE_STATEMENTS.test(word)).length !== 1) return 'unknown';
  const statement = (words[at + 1] ?? '').trim();
  if (isSelect(statement)) return 'reads';
  return /^(?:alter system set|set global)\b[^;]*;?$/i.test(statement) ? 'can-be-undone' : 'unknown';
}

/** One statement that looks, and calls nothing that acts. */
export function isSelect(statement: string): boolean {
  return (
    /^(?:select|describe|desc|show|explain)\b[^;]*;?$/i.test(statement) &&
    !/\b(?:into|delete|insert|update|merge|create)\b|pg_\w+\(|lo_\w+\(|\bsystem\b|\\!/i.test(statement)
  );
}

const MONGO_READS =
  /^(?:find|findOne|count|countDocuments|estimatedDocumentCount|stats|serverStatus|currentOp|status|limit|sort|pretty|explain|getIndexes|getCollectionNames|printReplicationInfo|conf)$/;

/** An expression whose every call is known to look. */
export function isMongoRead(words: readonly string[]): boolean {
  const at = words.indexOf('--eval');
  const expression = (words[at + 1] ?? '').trim();
  if (at < 0 || words.some((word) => /^-f$|^--file|\.js$/.test(word))) return false;
  const calls = [...expression.matchAll(/(\w+)\(/g)].map(([, name = '']) => name);
  return /^(?:db|rs|sh)\.[^;=]*$/.test(expression) && calls.length > 0 && calls.every((name) => MONGO_READS.test(name));
}
