import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { z } from 'zod';
import { messageOf, PrecedentError } from '../domain/errors.ts';

/** A JSON file, gzipped or not; `-` is standard input. */
export async function readJson(path: string): Promise<unknown> {
  const content = path === '-' ? await text(process.stdin) : await readText(path);
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new PrecedentError('input-invalid', `${path} is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A file's bytes as they are read; `-` is standard input. The signal lets go of it, also while nothing comes. */
export async function* streamFile(path: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  try {
    yield* addAbortSignal(signal, path === '-' ? process.stdin : createReadStream(path));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Standard input is there once: who is second would wait for nothing, or read what is not meant for it. */
export function refuseSharedInput(...paths: readonly (string | undefined)[]): void {
  if (paths.filter((path) => path === '-').length < 2) return;
  throw new PrecedentError('input-invalid', 'only one input can come from standard input: name a file for the others');
}

/** What the system says, in words; it names the path once more, and calls of its own that nobody asked for. */
const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
};

function unreadable(path: string, error: unknown): PrecedentError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = SYSTEM_WORDS[code] ?? messageOf(error);
  return new PrecedentError('input-invalid', `${path} cannot be read: ${why}`, { cause: error });
}

/** The input as its schema has it, or `input-invalid` with every mistake at its own path. */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.output<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.') || 'input',
    message: issue.message,
  }));
  throw new PrecedentError('input-invalid', `the input has ${problems.length} mistake(s)`, { problems });
}
