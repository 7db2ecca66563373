/** What was learnt of texts. Bounded: when it is full, what was not asked for lately goes. */
export interface BoundedMemory<Value> {
  keep(text: string, value: Value): void;
  find(text: string): Value | undefined;
}

export function createBoundedMemory<Value>(most: number): BoundedMemory<Value> {
  let recent = new Map<string, Value>();
  let older = new Map<string, Value>();
  const keep = (text: string, value: Value) => {
    if (recent.size >= most / 2) [older, recent] = [recent, new Map()];
    recent.set(text, value);
  };
  return {
    keep,
    find(text) {
      const value = recent.get(text);
      if (value !== undefined) return value;
      const old = older.get(text);
      if (old !== undefined) keep(text, old);
      return old;
    },
  };
}
