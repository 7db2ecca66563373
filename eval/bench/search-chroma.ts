import { readdir, readFile, stat } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { ChromaRegistry } from '../../src/adapters/chroma-registration.ts';
import { dataDirOf } from './search-setting.ts';

const PAGE = 1_000;

const Collections = z.array(z.object({ id: z.string(), name: z.string() }));
const Found = z.object({ ids: z.array(z.array(z.string())) });
const Stored = z.object({ ids: z.array(z.string()), embeddings: z.array(z.array(z.number())) });

/** The running Chroma of a data folder, asked past everything of ours: what a search is compared with. */
export interface RawChroma {
  readonly pid: number;
  /** The ids of the nearest chunks of one kind, by the leanest request that we know of. */
  query(kind: string, vector: Float32Array, limit: number): Promise<readonly string[]>;
  /** All vectors of one kind. */
  readVectors(kind: string): Promise<Map<string, Float32Array>>;
  close(): void;
}

export async function openRawChroma(folder: string): Promise<RawChroma> {
  const registered = await new ChromaRegistry(dataDirOf(folder)).find();
  if (!registered) throw new Error('no Chroma runs on this folder');
  const agent = new Agent({ keepAlive: true });
  const database = `http://127.0.0.1:${registered.port}/api/v2/tenants/default_tenant/databases/default_database`;
  const collections = Collections.parse(await send(agent, `${database}/collections`));
  const of = (kind: string) => {
    const collection = collections.find(({ name }) => name.startsWith(`precedent-${kind}-`));
    if (!collection) throw new Error(`Chroma holds no ${kind}`);
    return `${database}/collections/${collection.id}`;
  };
  return {
    pid: registered.pid,
    query: async (kind, vector, limit) => {
      const body = { query_embeddings: [[...vector]], n_results: limit, include: ['distances'] };
      return Found.parse(await send(agent, `${of(kind)}/query`, body)).ids[0] ?? [];
    },
    readVectors: async (kind) => {
      const vectors = new Map<string, Float32Array>();
      for (let offset = 0; ; offset += PAGE) {
        const body = { limit: PAGE, offset, include: ['embeddings'] };
        const { ids, embeddings } = Stored.parse(await send(agent, `${of(kind)}/get`, body));
        for (const [row, id] of ids.entries()) vectors.set(id, Float32Array.from(embeddings[row] ?? []));
        if (ids.length < PAGE) return vectors;
      }
    },
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, url: string, body?: unknown): Promise<unknown> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers =
    text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const call = request(url, { agent, headers, method: text === undefined ? 'GET' : 'POST' }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const answer = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(answer));
        else reject(new Error(`${url}: HTTP ${response.statusCode} ${answer}`));
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

/** Bytes of memory that another process holds; undefined where the system does not tell in this way. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
}

export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
