import type { Pace } from '../retrieve/pace.ts';
import type { Row } from './choice.ts';
import type { Features } from './features.ts';

/** What was seen in one past scene only teaches nothing about the next. */
const LEAST_SEEN = 2;

/** Giving a feature its place takes as long as reading so many characters. */
const NAME_COST = 20;

/** Numbers the features of past scenes, so that each has its place among the weights. */
export interface Vocabulary {
  readonly size: number;
  readonly names: readonly string[];
  /** What it knows of these features. */
  toRow(features: Features): Row;
}

/** Takes rows in as they come, because many scenes of many services are too much to keep as maps. */
export interface VocabularyBuilder {
  add(features: Features): Row;
  /** The vocabulary, and how a row taken in reads in it. */
  finish(pace: Pace): Promise<{ readonly vocabulary: Vocabulary; readonly renumber: (row: Row) => Row }>;
}

export function createVocabulary(): VocabularyBuilder {
  const numbers = new Map<string, number>();
  const seen: number[] = [];
  return {
    add: (features) => {
      const index = new Int32Array(features.size);
      const value = new Float32Array(features.size);
      let at = 0;
      for (const [name, amount] of features) {
        const number = numbers.get(name) ?? numbers.size;
        if (number === numbers.size) numbers.set(name, number);
        seen[number] = (seen[number] ?? 0) + 1;
        index[at] = number;
        value[at++] = amount;
      }
      return { index, value };
    },
    finish: async (pace) => {
      const places = new Map<string, number>();
      const moved = new Int32Array(numbers.size).fill(-1);
      for (const [name, number] of numbers) {
        if ((seen[number] ?? 0) < LEAST_SEEN) continue;
        moved[number] = places.size;
        places.set(name, places.size);
        await pace.spend(NAME_COST);
      }
      const names = [...places.keys()];
      return {
        vocabulary: { size: names.length, names, toRow: (features) => toRow(features, places) },
        renumber: (row) => keepKnown(row, (number) => moved[number] ?? -1),
      };
    },
  };
}

function toRow(features: Features, places: ReadonlyMap<string, number>): Row {
  const index = Int32Array.from(features.keys(), (name) => places.get(name) ?? -1);
  return keepKnown({ index, value: Float32Array.from(features.values()) }, (place) => place);
}

function keepKnown({ index, value }: Row, placeOf: (number: number) => number): Row {
  const places = new Int32Array(index.length);
  const values = new Float32Array(index.length);
  let kept = 0;
  for (let at = 0; at < index.length; at++) {
    const place = placeOf(index[at] ?? -1);
    if (place < 0) continue;
    places[kept] = place;
    values[kept++] = value[at] ?? 0;
  }
  return { index: places.slice(0, kept), value: values.slice(0, kept) };
}
