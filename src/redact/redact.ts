import { PrecedentError } from '../domain/errors.ts';
import type { Redaction, RedactionKind, RedactionPolicy, Redactor } from '../domain/redaction.ts';
import { findAssignments } from './assignments.ts';
import { findCredentials } from './credentials.ts';
import { findEmails } from './emails.ts';
import { blackOut, countKinds, type Finding, mergeFindings } from './finding.ts';
import { findIpAddresses } from './ip-addresses.ts';
import { findKnownSecrets } from './known-secrets.ts';
import { findPrivateKeys } from './private-keys.ts';
import { findTokens } from './tokens.ts';

type Finders = readonly ((text: string) => Finding[] | Promise<Finding[]>)[];

/** Those that know a secret by its make come first: where findings overlap, theirs is the name. */
const FINDERS: Readonly<Record<RedactionKind, Finders>> = {
  secrets: [findPrivateKeys, findKnownSecrets, findTokens, findCredentials, findAssignments],
  emails: [findEmails],
  ips: [findIpAddresses],
};

/**
 * Blacks out what the policy names. Fails closed: when any finder fails the whole text is refused, and the error says
 * nothing of what the text held.
 */
export function createRedactor(policy: RedactionPolicy, finders = FINDERS): Redactor {
  const chosen = (['secrets', 'emails', 'ips'] as const).filter((kind) => policy.includes(kind));
  return async (text) => {
    try {
      return await redact(
        text,
        chosen.flatMap((kind) => finders[kind]),
      );
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      throw new PrecedentError('knowledge-invalid', `A text could not be searched for secrets (${name}): not used.`);
    }
  };
}

/** What a mark stands beside may only now be a word of its own, so a text with findings is searched again. */
const MAX_ROUNDS = 8;

async function redact(text: string, finders: Finders): Promise<Redaction> {
  const all: Finding[] = [];
  let shown = text;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const findings = await findAll(shown, finders);
    if (findings.length === 0) return { text: shown, counts: countKinds(all) };
    for (const finding of findings) all.push(finding);
    shown = blackOut(shown, findings);
  }
  throw new Error('still finds something in what it blacked out');
}

async function findAll(text: string, finders: Finders): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const find of finders) for (const finding of await find(text)) found.push(finding);
  return mergeFindings(text, found);
}
