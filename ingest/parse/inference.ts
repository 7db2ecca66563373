/** Notes which fields of a document nobody stated in its front matter. */
export interface Inference {
  /** What was stated, or else the guess; a guess that says something is noted under the field's name. */
  choose<T>(field: string, stated: T | undefined, guess: () => T | undefined): T | undefined;
  readonly inferred: string[];
}

export function createInference(): Inference {
  const inferred: string[] = [];
  return {
    inferred,
    choose(field, stated, guess) {
      if (stated !== undefined) return stated;
      const value = guess();
      const isSilent = value === undefined || (Array.isArray(value) && value.length === 0);
      if (!isSilent) inferred.push(field);
      return value;
    },
  };
}
