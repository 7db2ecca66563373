import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import picomatch from 'picomatch';
import { messageOf, PrecedentError } from '../../src/domain/errors.ts';
import { decodeText } from '../decode.ts';
import { listRuleFiles } from '../read.ts';
import type { SourceCheckout } from '../source-file.ts';
import { openDirectory } from './directory.ts';

/** A Prometheus rule file. `path` is relative to where the question was asked, or has the source's name in front. */
export interface RuleText {
  readonly path: string;
  readonly text: string;
}

const RULE_FILES = '**/*.{yaml,yml,json}';

/** The rule files that the `rules` globs of the sources name. */
export async function readRulesOfSources(
  checkouts: readonly SourceCheckout[],
  signal?: AbortSignal,
): Promise<RuleText[]> {
  const texts: RuleText[] = [];
  for (const checkout of checkouts) {
    const prefix = checkout.name === '' ? '' : `${checkout.name}/`;
    for (const path of await listRuleFiles(checkout, signal)) {
      texts.push(await readRules(join(checkout.root, path), prefix + path));
    }
  }
  return texts;
}

/** Rule files by name, by folder or by glob. Throws `input-invalid` for a pattern that names no file. */
export async function readRulesByPattern(patterns: readonly string[], signal?: AbortSignal): Promise<RuleText[]> {
  const texts = new Map<string, RuleText>();
  for (const pattern of patterns) {
    const found = await findByPattern(pattern, signal);
    if (found.length === 0) throw new PrecedentError('input-invalid', `--rules ${pattern} names no file`);
    for (const path of found) texts.set(path, await readRules(path, path));
  }
  return [...texts.values()];
}

async function findByPattern(pattern: string, signal: AbortSignal | undefined): Promise<string[]> {
  const found = await stat(pattern).catch(() => undefined);
  if (found?.isFile()) return [pattern];
  const { base, glob } = picomatch.scan(pattern);
  const folder = found?.isDirectory() ? pattern : base || '.';
  const inside = found?.isDirectory() ? RULE_FILES : glob;
  if (inside === '' || !(await stat(folder).catch(() => undefined))?.isDirectory()) return [];
  const checkout = await openDirectory({ directory: folder, rules: [inside] }, signal);
  return (await listRuleFiles(checkout, signal)).map((path) => (folder === '.' ? path : join(folder, path)));
}

async function readRules(file: string, path: string): Promise<RuleText> {
  try {
    return { path, text: decodeText(await readFile(file), path)?.text ?? '' };
  } catch (error) {
    throw new PrecedentError('input-invalid', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
