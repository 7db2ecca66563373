import { setImmediate as nextTurn } from 'node:timers/promises';
import { z } from 'zod';
import { type Manifest, ManifestFile } from '../domain/manifest.ts';

/** Written by us under the hash of its text; checking every field of 10,000 files takes a quarter of a second. */
const ManifestShape = z.object({ recipe: z.string(), files: z.array(z.unknown()) });

/** Characters read before anybody else has a turn: a few milliseconds' work. Ten thousand files are seven million. */
const SLICE = 200_000;

/** The manifest that `JSON.stringify` made this text of; undefined when another version wrote it. */
export async function parseManifest(text: string): Promise<Manifest | undefined> {
  try {
    return await parseInSlices(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function parseInSlices(text: string): Promise<Manifest | undefined> {
  const files: unknown[] = [];
  let [shellEnd, tailStart] = [0, 0];
  let read = 0;
  for (const [start, end] of listFiles(text)) {
    files.push(JSON.parse(text.slice(start, end)));
    shellEnd ||= start;
    tailStart = end;
    if (end - read < SLICE) continue;
    read = end;
    await nextTurn();
  }
  const shape = ManifestShape.safeParse(JSON.parse(text.slice(0, shellEnd) + text.slice(tailStart)));
  if (!shape.success) return undefined;
  // One version wrote all of its files, so one of them shows whether this version can read them.
  const [first] = files;
  if (first !== undefined && !ManifestFile.safeParse(first).success) return undefined;
  return { ...shape.data, files } as Manifest;
}

/** Where each file's object begins and ends: objects of the one list that the outermost object holds. */
function* listFiles(text: string): Generator<readonly [start: number, end: number]> {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') {
      depth++;
      if (depth === 3) start = at;
    } else if (character === '}' || character === ']') {
      if (depth === 3) yield [start, at + 1];
      depth--;
    }
  }
}

/** Where the string that opens at `start` closes. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}
