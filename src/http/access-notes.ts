import type { SchemaNotes } from './schema-notes.ts';

const SCOPES =
  'What it may do: `intake` hands in alerts, `read` reads and asks, `verdict` judges diagnoses, `admin` does all of it ' +
  'and manages tokens, deliveries and the audit log.';
const NAMESPACE = 'Whose alerts and diagnoses it sees; `*` is everybody’s.';
const DURATION = 'A number with `s`, `m`, `h` or `d` behind it';

const TOKEN: SchemaNotes = {
  self: 'A bearer token, without the token itself.',
  id: 'What it is called by: the part of the token between its first two `_`.',
  name: 'What it is for; the audit log names it by this and its id.',
  namespace: NAMESPACE,
  scopes: SCOPES,
  createdAt: 'When it was made, UTC.',
  expiresAt: 'Until when it holds, UTC; absent: until it is revoked.',
  revokedAt: 'Since when it holds no more, UTC.',
};

/** Who may come in and who changed what, in words. */
export const ACCESS_NOTES: Readonly<Record<string, SchemaNotes>> = {
  AccessToken: TOKEN,
  AccessTokens: { self: 'Tokens that were made.', tokens: 'Newest first.' },
  AuditEntries: {
    self: 'A page of the audit log.',
    entries: 'Newest first.',
    before: 'Ask with this as `before` for the next page; absent on the last one.',
  },
  AuditEntry: {
    self: 'Somebody changed something.',
    number: 'Grows with every entry.',
    at: 'When, UTC.',
    who:
      '`token:` with the name and the id of a token, `oidc:` and a name of the identity provider, `api-token` for one of `API_TOKENS`, `local` ' +
      'for a command or where no token is needed, `git:` and a host.',
    namespace: 'Of who did it; `*` is somebody who belongs to none.',
    action:
      '`verdict.give`, `verdict.withdraw`, `token.create`, `token.revoke`, `token.rotate`, `delivery.retry`, `git.hook` …',
    target: 'What it was done to: an id.',
  },
  NewAccessToken: { ...TOKEN, self: 'A token that was just made.', token: 'The token: shown here and never again.' },
  RotateRequest: {
    self: 'How a token is replaced.',
    grace: `${DURATION}: for how long the old one still holds; 24h otherwise. 0s ends it at once.`,
  },
  TokenRequest: {
    self: 'A token to be made.',
    name: 'What it is for, at most 100 characters.',
    scopes: SCOPES,
    namespace: `${NAMESPACE} Your own one otherwise, and \`default\` for who belongs to none.`,
    expiresIn: `${DURATION}, such as \`90d\`: for how long it holds; until it is revoked otherwise.`,
  },
};
