/** Tells of a failure once, and of the next when it is another one, or when all went well in between. */
export interface TellOnce {
  failed(error: unknown): void;
  worked(): void;
}

export function createTellOnce(tell: (error: unknown) => void): TellOnce {
  let told: string | undefined;
  return {
    failed(error) {
      const said = String(error);
      if (said !== told) tell(error);
      told = said;
    },
    worked() {
      told = undefined;
    },
  };
}
