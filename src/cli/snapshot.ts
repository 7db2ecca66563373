import type { App } from '../app.ts';
import type { SnapshotPage } from '../domain/snapshot.ts';
import { type CommandContext, EXIT } from './context.ts';
import { withApp } from './session.ts';

export interface SnapshotOptions {
  readonly page?: number;
  readonly json?: boolean;
}

/** `precedent snapshot`: the telemetry behind a digest, one page a line; each is a window that `digest` reads. */
export async function snapshotCommand(key: string, options: SnapshotOptions, context: CommandContext): Promise<number> {
  await withApp(context, async (app) => {
    for await (const page of readPages(app, key, options.page, context.signal)) {
      context.write(`${JSON.stringify(options.json ? page : page.window)}\n`);
    }
  });
  return EXIT.done;
}

async function* readPages(
  { snapshots }: Pick<App, 'snapshots'>,
  key: string,
  only: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<SnapshotPage> {
  for (let next: number | null = only ?? 1; next !== null; ) {
    const page: SnapshotPage = await snapshots.getPage(key, next, signal);
    yield page;
    next = only === undefined ? page.next : null;
  }
}
