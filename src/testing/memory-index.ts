import { createHash } from 'node:crypto';
import type { KnowledgeDocument } from '../domain/document.ts';
import { PrecedentError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import type { Manifest } from '../domain/manifest.ts';
import type { KnowledgeIndex } from '../ports.ts';
import { addVectors, type Collections, findNearest, listMissing, sweepVectors } from './memory-vectors.ts';

interface Published {
  readonly generation: Generation;
  readonly manifest: Manifest;
}

interface State {
  readonly collections: Collections;
  /** By the hash of their text. */
  readonly documents: Map<string, KnowledgeDocument>;
  served: Published | undefined;
  /** Stays readable for those who began to read before the last flip. */
  before: Published | undefined;
  /** Whether anything was added or published since the last sweep. */
  needsSweep: boolean;
  /** Settles when the writers so far have had their turn. */
  lastWriter: Promise<unknown>;
  isOpen: boolean;
}

/** The index in this process's memory: for tests, and for knowledge so small that a server would be a burden. */
export function createMemoryIndex(): KnowledgeIndex {
  const state: State = {
    collections: new Map(),
    documents: new Map(),
    served: undefined,
    before: undefined,
    needsSweep: false,
    lastWriter: Promise.resolve(),
    isOpen: true,
  };
  const enter = (signal: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (!state.isOpen) throw new PrecedentError('index-unavailable', 'the index is closed');
  };
  return {
    async findGeneration(signal) {
      enter(signal);
      return state.served?.generation;
    },
    async findManifest(generation, signal) {
      enter(signal);
      return structuredClone(findManifest(state, generation));
    },
    async *readDocuments(generation, signal) {
      enter(signal);
      for (const document of getDocuments(state, generation)) {
        enter(signal);
        yield document;
      }
    },
    async nearest(kind, model, vector, k, signal) {
      enter(signal);
      return findNearest(state.collections, state.served?.generation, kind, model, vector, k);
    },
    async listMissing(kind, model, ids, signal) {
      enter(signal);
      return listMissing(state.collections, kind, model, ids);
    },
    async addChunks(kind, model, chunks, signal) {
      enter(signal);
      state.needsSweep = true;
      addVectors(state.collections, kind, model, chunks);
    },
    async addDocuments(documents, signal) {
      enter(signal);
      state.needsSweep = true;
      return documents.map((document) => addDocument(state, document));
    },
    async publish(generation, manifest, signal) {
      enter(signal);
      if (state.served?.generation.key !== generation.key) state.before = state.served;
      state.served = structuredClone({ generation, manifest });
      state.needsSweep = true;
    },
    async exclusively(write, signal) {
      enter(signal);
      const turn = state.lastWriter.then(write);
      state.lastWriter = turn.then(ignore, ignore);
      return turn;
    },
    async sweep(signal) {
      enter(signal);
      return sweep(state);
    },
    async ping(signal) {
      enter(signal);
    },
    async [Symbol.asyncDispose]() {
      state.isOpen = false;
    },
  };
}

function ignore(): void {}

function findManifest(state: State, { key }: Generation): Manifest | undefined {
  return listKept(state).find(({ generation }) => generation.key === key)?.manifest;
}

/** The documents as they are now: who has begun to read goes on to the end, whatever is swept meanwhile. */
function getDocuments(state: State, generation: Generation): KnowledgeDocument[] {
  const manifest = findManifest(state, generation);
  const documents = manifest && listHashes(manifest).map((hash) => state.documents.get(hash));
  const found = documents?.filter((document) => document !== undefined);
  if (found && found.length === documents?.length) return found;
  throw new PrecedentError('index-empty', `generation ${generation.key} is gone: ask for the one being served`);
}

/** Kept as its text says, which is what a store outside the process would keep. */
function addDocument(state: State, document: KnowledgeDocument): string {
  const text = JSON.stringify(document);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 40);
  // Written from a KnowledgeDocument one line above.
  if (!state.documents.has(hash)) state.documents.set(hash, JSON.parse(text) as KnowledgeDocument);
  return hash;
}

function listHashes({ files }: Manifest): string[] {
  return [...new Set(files.flatMap(({ documents }) => documents.map(({ hash }) => hash)))];
}

function listKept(state: State): Published[] {
  return [state.served, state.before].filter((published) => published !== undefined);
}

function sweep(state: State): { chunks: number; documents: number } {
  if (!state.needsSweep) return { chunks: 0, documents: 0 };
  state.needsSweep = false;
  const kept = listKept(state);
  const named = new Set(kept.flatMap(({ manifest }) => listHashes(manifest)));
  const gone = [...state.documents.keys()].filter((hash) => !named.has(hash));
  for (const hash of gone) state.documents.delete(hash);
  return { chunks: sweepVectors(state.collections, kept), documents: gone.length };
}
