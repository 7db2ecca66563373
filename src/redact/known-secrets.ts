import { creator as preset } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintSourceCode } from '@secretlint/types';
import type { Finding } from './finding.ts';
import { isPlaceholder } from './placeholders.ts';

/**
 * Left out: the comment filter, with which a text could switch its own redaction off, and the service account rule,
 * which judges whole files by their name and reads them from disk.
 */
const LEFT_OUT = /-(?:filter-comments|gcp)$/;
const RULES = preset.rules.filter(({ meta }) => meta.type === 'scanner' && !LEFT_OUT.test(meta.id));

/** These report the whole URL; only its password is a secret, and where it leads is what a runbook is about. */
const URL_RULES = /-(?:basicauth|database-connection-string)$/;
const URL_PASSWORD = /:\/\/[^:/\s]*:([^\s/]+)@/d;

/**
 * What secretlint's recommended rules find. They are run here and not by `@secretlint/core`, which keeps a record of
 * every run for its profiler for as long as the process lives.
 */
export async function findKnownSecrets(text: string): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const rule of RULES) {
    const kind = kindOf(rule);
    const report = ([start, end]: readonly [number, number]) => found.push(...narrow(text, { start, end, kind }, rule));
    await rule.create(buildContext(report), {}).file?.(toSource(text));
  }
  return found;
}

function kindOf({ meta }: SecretLintRuleCreator<unknown>): string {
  if (URL_RULES.test(meta.id)) return 'url-password';
  const name = meta.id.replace(/^.*secretlint-rule-/, '');
  return name === 'privatekey' ? 'private-key' : `${name}-key`;
}

function narrow(text: string, finding: Finding, { meta }: SecretLintRuleCreator<unknown>): Finding[] {
  if (!URL_RULES.test(meta.id)) return [finding];
  const password = URL_PASSWORD.exec(text.slice(finding.start, finding.end))?.indices?.[1];
  if (!password) return [finding];
  if (isPlaceholder(text.slice(finding.start + password[0], finding.start + password[1]))) return [];
  return [{ ...finding, start: finding.start + password[0], end: finding.start + password[1] }];
}

function buildContext(report: (range: readonly [number, number]) => void): SecretLintRuleContext {
  return {
    sharedOptions: {},
    // The real messages quote the secret; nobody reads them here.
    createTranslator: () => (messageId) => ({ message: '', messageId: String(messageId), data: undefined }),
    report: ({ range }) => report(range),
    ignore: () => undefined,
  };
}

function toSource(text: string): SecretLintSourceCode {
  const refuse = (): never => {
    throw new Error('a rule asked for a position in lines, which redaction does not keep');
  };
  return {
    content: text,
    hasBOM: false,
    filePath: undefined,
    ext: '.md',
    contentType: 'text',
    physicalFilePath: undefined,
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    locationToRange: refuse,
    rangeToLocation: refuse,
    positionToIndex: refuse,
    indexToPosition: refuse,
  };
}
