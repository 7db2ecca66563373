/** `shop.orders`, `"shop"."orders"`, `[dbo].[orders]`. */
const TABLE = '["`[]?[\\p{L}_][\\p{L}\\p{N}_$]{0,63}["`\\]]?(?:\\.["`[]?[\\p{L}_][\\p{L}\\p{N}_$]{0,63}["`\\]]?){0,3}';

const VERB = /\b(?:select|insert|update|delete|merge|replace|create|alter|drop|truncate|exec(?:ute)?|call|with)\b/i;
const SELECT = /\bselect\b/i;
const FROM = new RegExp(`\\bfrom\\s(${TABLE})`, 'iu');
const STATEMENTS: readonly RegExp[] = [
  new RegExp(`\\b(insert|replace|merge)\\s(?:ignore\\s|overwrite\\s)?into\\s(?:table\\s)?(${TABLE})`, 'iu'),
  new RegExp(`\\b(update)\\s(?:only\\s)?(${TABLE})\\s(?:as\\s)?(?:\\w{1,64}\\s)?set\\b`, 'iu'),
  new RegExp(`\\b(delete)\\sfrom\\s(${TABLE})`, 'iu'),
  new RegExp(
    `\\b((?:create|alter|drop|truncate)\\s(?:table|view|index|database|schema|user|role))\\s(?:if\\s(?:not\\s)?exists\\s)?(${TABLE})`,
    'iu',
  ),
  new RegExp(`^(call|exec(?:ute)?)\\s(${TABLE})\\s?[(@']`, 'iu'),
];
/** No table to name: `SELECT pg_sleep(10)`. */
const TABLELESS = /^(select|insert|update|delete|merge|replace|with)\s[^*,=(;]*[*,=(;].*$/i;
const COMMON_TABLE = /\bwith\s(?:recursive\s)?\w{1,64}\s?(?:\([^()]{0,200}\)\s?)?as\s?\(\s?$/i;

interface Statement {
  readonly index: number;
  readonly verb: string;
  readonly table: string;
}

/** Verb and table of the first statement, and what stands before it: `SELECT * FROM orders WHERE id = 17` → `SELECT orders`. */
export function maskSql(text: string): string {
  if (!VERB.test(text)) return text;
  const bare = withoutComments(text).replace(/\s+/g, ' ').trim();
  const [found] = listStatements(bare).sort((a, b) => a.index - b.index);
  if (!found) return bare.replace(TABLELESS, (_, verb: string) => verb.toUpperCase());
  const before = bare.slice(0, found.index).replace(COMMON_TABLE, '');
  return `${before}${found.verb.toUpperCase()} ${found.table.replace(/["`[\]]/g, '')}`;
}

function listStatements(text: string): Statement[] {
  const others = STATEMENTS.flatMap((statement) => {
    const match = statement.exec(text);
    return match ? [{ index: match.index, verb: match[1] ?? '', table: match[2] ?? '' }] : [];
  });
  return [...others, ...findSelect(text)];
}

/** In two steps: what stands between the verb and its table may be long, and must not be read once for every `select` in it. */
function findSelect(text: string): Statement[] {
  const index = text.search(SELECT);
  const table = index < 0 ? undefined : FROM.exec(text.slice(index))?.[1];
  return table === undefined ? [] : [{ index, verb: 'select', table }];
}

function withoutComments(text: string): string {
  const [first = '', ...others] = text.split('/*');
  const last = others.at(-1);
  if (last === undefined) return withoutLineComment(text);
  const bare = others.map((part) => {
    const end = part.indexOf('*/');
    return end < 0 ? `/*${part}` : ` ${part.slice(end + 2)}`;
  });
  return withoutLineComment(first + bare.join(''));
}

function withoutLineComment(text: string): string {
  return text.replace(/(?<=\s)--\s.*$/, ' ');
}
