import type { App } from './app.ts';
import { VERSION } from './config.ts';
import type { Principal } from './domain/principal.ts';
import type { DiagnosisQuestion } from './domain/request.ts';
import type { McpParts, TraceWindowsInput } from './mcp/parts.ts';

const PLACES = { baseline: ['baseline'], incident: ['incident'] };

type McpApp = Pick<App, 'config' | 'desk' | 'search' | 'getDocument' | 'getServiceGraph' | 'traces' | 'digest'>;

/** What the tools for models need, from what there is. */
export function createMcpParts(app: McpApp, onFailure: (what: string, error: unknown) => void): McpParts {
  return {
    version: VERSION,
    search: app.search,
    getDocument: app.getDocument,
    getServiceGraph: app.getServiceGraph,
    digest: app.digest,
    readWindows: (windows, signal) => readWindows(app, windows, signal),
    async diagnose(question: DiagnosisQuestion, viewer: Principal) {
      const record = await app.desk.submit(question, { viewer });
      return record.status === 'done' ? record.diagnosis : { pending: record.id };
    },
    onFailure: (error) => onFailure('mcp', error),
  };
}

/** By the thread that reads what comes over HTTP, which wants bytes. */
async function readWindows({ traces, config }: McpApp, windows: TraceWindowsInput, signal?: AbortSignal) {
  const bytes = [new TextEncoder().encode(JSON.stringify(windows))];
  const body = { bytes: toAsync(bytes), encoding: 'identity', windows: PLACES } as const;
  return (await traces.read([body], { maxBytes: config.maxBodyBytes }, signal)).analysis;
}

async function* toAsync<Item>(items: Iterable<Item>): AsyncGenerator<Item> {
  yield* items;
}
