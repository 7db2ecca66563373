import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A knowledge folder of its own, gone when the test is over. */
export interface KnowledgeFolder extends AsyncDisposable {
  readonly path: string;
  write(path: string, content: string | Uint8Array): Promise<void>;
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export async function createKnowledgeFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<KnowledgeFolder> {
  const path = await mkdtemp(join(tmpdir(), 'precedent-knowledge-'));
  const write = async (file: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), content);
  };
  for (const [file, content] of Object.entries(files)) await write(file, content);
  return {
    path,
    write,
    async move(from, to) {
      await mkdir(dirname(join(path, to)), { recursive: true });
      await rename(join(path, from), join(path, to));
    },
    remove: (file) => rm(join(path, file), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}
