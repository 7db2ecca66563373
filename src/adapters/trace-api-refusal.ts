import { z } from 'zod';

/** Of an answer that says no, so much is read. */
const MAX_READ = 4_096;
/** And so much of it is repeated. */
const MAX_QUOTED = 160;

/** What answers say of a failure: Jaeger's list, or what gateways in front of either write. */
const ErrorBody = z.union([
  z.string(),
  z.object({ errors: z.array(z.object({ msg: z.string() })).min(1) }).transform(({ errors }) => errors[0]?.msg ?? ''),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ error: z.string() }).transform(({ error }) => error),
]);

/** Why the store answered with this status, as a clause without a full stop. */
export async function describeRefusal(response: Response, token: string | undefined): Promise<string> {
  const { status } = response;
  const said = await readStart(response).catch(() => '');
  if (status >= 300 && status < 400) return `it redirects (${status}): set TRACES_URL to the API itself`;
  if (status === 401 || status === 403) {
    return token ? `TRACES_TOKEN was refused (${status})` : `it wants a token (${status}): set TRACES_TOKEN`;
  }
  if (status === 404) return 'there is no such API (404): look at TRACES_URL and TRACES_API';
  if (status === 429) return 'its rate limit is reached (429)';
  const quoted = quote(said, token);
  return `${status >= 500 ? 'it failed' : 'it refused the query'} (${status}${quoted && `: ${quoted}`})`;
}

/** The answer's own words: one short line, without the token, which some servers repeat. */
export function quote(said: string, token: string | undefined): string {
  const clean = listSecrets(token).reduce((text, secret) => text.replaceAll(secret, '***'), findMessage(said));
  const line = clean.replace(/[\s\p{C}]+/gu, ' ').trim();
  return line && `"${line.slice(0, MAX_QUOTED)}"`;
}

/** Every form in which the token is sent, and the password by itself. */
function listSecrets(token: string | undefined): string[] {
  if (!token) return [];
  const password = token.slice(token.indexOf(':') + 1);
  return [token, Buffer.from(token).toString('base64'), password].filter((secret) => secret !== '');
}

function findMessage(said: string): string {
  if (/^\s*</.test(said)) return 'an HTML page';
  try {
    return ErrorBody.parse(JSON.parse(said));
  } catch {
    return said;
  }
}

async function readStart(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    parts.push(part);
    length += part.length;
    if (length >= MAX_READ) break;
  }
  return Buffer.concat(parts).subarray(0, MAX_READ).toString('utf8');
}
