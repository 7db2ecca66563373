/** One way in which models spoil an answer that was right. */
export interface Mutation {
  readonly name: string;
  /** Whether the whole answer is still in the reply; otherwise only asking again brings it back. */
  readonly isComplete: boolean;
  readonly spoil: (answer: object) => string;
}

const compact = (answer: object) => JSON.stringify(answer);
const pretty = (answer: object) => JSON.stringify(answer, null, 2);

function keeps(name: string, spoil: (answer: object) => string): Mutation {
  return { name, isComplete: true, spoil };
}

function loses(name: string, spoil: (answer: object) => string): Mutation {
  return { name, isComplete: false, spoil };
}

/** Applies `edit` outside string literals only, so that the words of the answer stay what they are. */
function outsideStrings(json: string, edit: (code: string) => string): string {
  return json
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) => (index % 2 === 0 ? edit(part) : part))
    .join('');
}

function eachString(json: string, edit: (literal: string) => string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, edit);
}

/** What stands around the object. */
const WRAPPED: readonly Mutation[] = [
  keeps('as asked', compact),
  keeps('json fence', (answer) => `\`\`\`json\n${pretty(answer)}\n\`\`\``),
  keeps('bare fence', (answer) => `\`\`\`\n${pretty(answer)}\n\`\`\``),
  keeps('fence never closed', (answer) => `\`\`\`json\n${pretty(answer)}`),
  keeps('upper-case fence on one line', (answer) => `\`\`\`JSON ${compact(answer)}\`\`\``),
  keeps('prose before', (answer) => `Sure! Here is the diagnosis you asked for:\n\n${pretty(answer)}`),
  keeps('prose after', (answer) => `${pretty(answer)}\n\nLet me know if you need anything else!`),
  keeps('prose around a fence', (answer) => `Here you go.\n\`\`\`json\n${pretty(answer)}\n\`\`\`\nHope it helps.`),
  keeps('braces in the prose', (answer) => `Of the set {a, b, c} I pick b.\n${compact(answer)}\nSee {docs}.`),
  keeps('quotes and an apostrophe in the prose', (answer) => `It's "clear" that:\n${compact(answer)}`),
  keeps('an example first', (answer) => `The format is {"category": "…"}. My answer:\n${pretty(answer)}`),
  keeps('another fence first', (answer) => `\`\`\`sh\nkubectl get pods\n\`\`\`\n\`\`\`json\n${pretty(answer)}\n\`\`\``),
  keeps('thinking aloud', (answer) => `<think>Maybe {"category": "x"}? No.</think>\n${compact(answer)}`),
  keeps('thinking, opening tag swallowed', (answer) => `Could be a {leak}.\n</think>\n\n${compact(answer)}`),
  keeps('thinking tags of another name', (answer) => `<reasoning>hm {</reasoning>${compact(answer)}`),
  keeps('byte order mark', (answer) => `\ufeff${compact(answer)}`),
  keeps('the word json', (answer) => `json\n${pretty(answer)}`),
  keeps('a list of one', (answer) => JSON.stringify([answer])),
  keeps('a wrapper object', (answer) => JSON.stringify({ diagnosis: answer })),
  keeps('JSON in a string', (answer) => JSON.stringify(compact(answer))),
  keeps('all quotes escaped', (answer) => compact(answer).replaceAll('"', '\\"')),
  keeps('HTML entities', (answer) => compact(answer).replaceAll('"', '&quot;')),
  keeps('markdown emphasis', (answer) => `**Answer:** \`${compact(answer)}\``),
  keeps('Windows line ends', (answer) => pretty(answer).replaceAll('\n', '\r\n')),
  keeps('a semicolon after', (answer) => `const answer = ${pretty(answer)};`),
];

/** What is wrong inside the object. */
const MISSPELT: readonly Mutation[] = [
  keeps('trailing commas', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replace(/(?<=\S)(\s*[}\]])/g, ',$1').replace(/([[{]),/g, '$1')),
  ),
  keeps('last brace missing', (answer) => compact(answer).slice(0, -1)),
  keeps('one brace too many', (answer) => `${compact(answer)}}`),
  keeps('no commas between lines', (answer) => outsideStrings(pretty(answer), (code) => code.replaceAll(',', ''))),
  keeps('doubled commas', (answer) => outsideStrings(pretty(answer), (code) => code.replaceAll(',', ',,'))),
  keeps('unquoted keys', (answer) => pretty(answer).replace(/^(\s*)"(\w+)":/gm, '$1$2:')),
  keeps('single-quoted keys', (answer) => pretty(answer).replace(/^(\s*)"(\w+)":/gm, "$1'$2':")),
  keeps('typographic quotes for keys', (answer) => pretty(answer).replace(/^(\s*)"(\w+)":/gm, '$1“$2”:')),
  keeps('single quotes', (answer) =>
    eachString(pretty(answer), (literal) => `'${literal.slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"')}'`),
  ),
  keeps('Python literals', (answer) => outsideStrings(pretty(answer), (code) => code.replaceAll('null', 'None'))),
  keeps('undefined for null', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replaceAll('null', 'undefined')),
  ),
  keeps('line comments', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replace(/,\n/g, ', // as seen in P1\n')),
  ),
  keeps('block comments', (answer) => outsideStrings(pretty(answer), (code) => code.replace(/\{/g, '{ /* so */ '))),
  keeps('line breaks inside strings', (answer) => compact(answer).replaceAll('\\n', '\n')),
  keeps('tabs inside strings', (answer) => compact(answer).replaceAll('\\t', '\t')),
  keeps('an ellipsis at the end of lists', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replace(/(?<=\S)(\s*)\]/g, ', ...$1]').replace(/\[, \.\.\./g, '[')),
  ),
  keeps('strings joined with plus', (answer) => pretty(answer).replace(/("summary": ")(\w+) /, '$1$2 " + "')),
  keeps('numbers without a leading zero', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replace(/\b0\.(?=\d)/g, '.')),
  ),
  keeps('numbers with a trailing point', (answer) =>
    outsideStrings(pretty(answer), (code) => code.replace(/: 1\b/g, ': 1.')),
  ),
  keeps('no-break spaces', (answer) => outsideStrings(pretty(answer), (code) => code.replaceAll('  ', '\u00a0\u00a0'))),
];

/** What cannot be read back, because it is not there. */
const LOST: readonly Mutation[] = [
  loses('nothing', () => ''),
  loses('only prose', () => 'The root cause is most likely the load.'),
  loses('a refusal in words', () => "I'm sorry, but I can't help with that."),
  loses('cut short in the first field', (answer) => compact(answer).slice(0, 14)),
  loses('a required field is missing', (answer) => compact({ ...answer, category: undefined })),
  loses('a field of a wrong type', (answer) => compact({ ...answer, citations: 'P1' })),
  loses('keys in another language', () => '{"kategorie": "last", "dienst": "web-server"}'),
];

export const MUTATIONS: readonly Mutation[] = [...WRAPPED, ...MISSPELT, ...LOST];
