/** in-order: the first that can be asked; weighted: drawn for each question, so that load is shared. */
export type PoolOrder = 'in-order' | 'weighted';

/** The order in which endpoints are tried for one question. */
export function drawOrder<T extends { readonly weight: number }>(
  endpoints: readonly T[],
  order: PoolOrder,
  random: () => number,
): T[] {
  const rest = [...endpoints];
  if (order === 'in-order') return rest;
  const drawn: T[] = [];
  while (rest.length > 0) drawn.push(...rest.splice(drawIndex(rest, random), 1));
  return drawn;
}

function drawIndex(rest: readonly { readonly weight: number }[], random: () => number): number {
  let left = random() * rest.reduce((sum, { weight }) => sum + weight, 0);
  const at = rest.findIndex(({ weight }) => {
    left -= weight;
    return left < 0;
  });
  // Rounding may leave a crumb after the last.
  return at < 0 ? rest.length - 1 : at;
}
