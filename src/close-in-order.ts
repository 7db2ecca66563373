/** Closes one after the other, whatever becomes of each: nothing stays open because another could not be closed. */
export async function closeInOrder(
  resources: readonly (AsyncDisposable | undefined)[],
  onFailure: (what: string, error: unknown) => void,
): Promise<void> {
  for (const resource of resources) {
    try {
      await resource?.[Symbol.asyncDispose]();
    } catch (error) {
      onFailure('close', error);
    }
  }
}
