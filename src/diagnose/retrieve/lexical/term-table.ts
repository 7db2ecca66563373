const EMPTY = 0;
/** Two hashes, the term's number plus one, and nothing: four numbers lie in one line of the processor's cache. */
const PLACE = 4;
const FIRST_PLACES = 1 << 9;

/** A table grows by being written anew, which takes a while when it is large: so it is several, each growing by itself. */
const SHARD_BITS = 5;

interface Shard {
  places: Int32Array;
  terms: number;
}

/**
 * Numbers for terms. A term is known again by 64 bits of hash and not kept itself: half a million strings in a map take
 * three times the memory, and each look-up waits for several of them to arrive from it. Among a million terms, two are
 * taken for one once in tens of millions of knowledge bases.
 */
export interface TermTable {
  /** How many terms there are; they are numbered from 0 on. */
  size(): number;
  bytes(): number;
  find(term: string): number | undefined;
  /** The term's number, which is a new one if it was not there. */
  add(term: string): number;
}

export function createTermTable(): TermTable {
  const shards = Array.from({ length: 1 << SHARD_BITS }, createShard);
  const shardOf = (one: number) => shards[one >>> (32 - SHARD_BITS)] ?? createShard();
  let size = 0;
  return {
    size: () => size,
    bytes: () => shards.reduce((sum, { places }) => sum + places.byteLength, 0),
    find(term) {
      const one = hashBySum(term);
      const { places } = shardOf(one);
      const number = places[seek(places, one, hashByXor(term)) + 2] ?? EMPTY;
      return number === EMPTY ? undefined : number - 1;
    },
    add(term) {
      const one = hashBySum(term);
      const other = hashByXor(term);
      const shard = shardOf(one);
      const known = shard.places[seek(shard.places, one, other) + 2] ?? EMPTY;
      if (known !== EMPTY) return known - 1;
      put(shard.places, one, other, ++size);
      if (++shard.terms * PLACE * 2 > shard.places.length) shard.places = enlarge(shard.places);
      return size - 1;
    },
  };
}

function createShard(): Shard {
  return { places: new Int32Array(FIRST_PLACES * PLACE), terms: 0 };
}

function enlarge(places: Int32Array): Int32Array {
  const larger = new Int32Array(places.length * 2);
  for (let from = 0; from < places.length; from += PLACE) {
    const number = places[from + 2] ?? EMPTY;
    if (number !== EMPTY) put(larger, places[from] ?? 0, places[from + 1] ?? 0, number);
  }
  return larger;
}

/** Where the term with these hashes stands, or the empty place where it would. */
function seek(places: Int32Array, one: number, other: number): number {
  const last = places.length - 1;
  let place = (mix(one, other) * PLACE) & last;
  while (places[place + 2] !== EMPTY && (places[place] !== one || places[place + 1] !== other)) {
    place = (place + PLACE) & last;
  }
  return place;
}

function put(places: Int32Array, one: number, other: number, number: number): void {
  const place = seek(places, one, other);
  places[place] = one;
  places[place + 1] = other;
  places[place + 2] = number;
}

/** The high bits of a hash by multiplication are its good ones. */
export function mix(one: number, other: number): number {
  return one ^ (other >>> 15);
}

export function hashBySum(text: string, start = 0, end = text.length): number {
  let hash = 0;
  for (let at = start; at < end; at++) hash = (Math.imul(hash, 0x9e3779b1) + text.charCodeAt(at)) | 0;
  return hash;
}

/** FNV-1a. */
export function hashByXor(text: string, start = 0, end = text.length): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
