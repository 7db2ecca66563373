/** How many unanswerable questions are let through to keep this many of the answerable ones, threshold by threshold. */
export interface RocPoint {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

/** From the strictest threshold, which lets nothing through, to the laxest. */
export function traceRoc(positives: readonly number[], negatives: readonly number[]): RocPoint[] {
  const share = (scores: readonly number[], threshold: number) =>
    scores.filter((score) => score >= threshold).length / scores.length;
  const thresholds = [...new Set([...positives, ...negatives])].sort((a, b) => b - a);
  const points = thresholds.map((threshold) => ({
    threshold,
    truePositives: share(positives, threshold),
    falsePositives: share(negatives, threshold),
  }));
  return [{ threshold: Number.POSITIVE_INFINITY, truePositives: 0, falsePositives: 0 }, ...points];
}

/** What is wrong among the answers given, when only the surest `coverage` of all questions are answered. */
export interface RiskPoint {
  readonly coverage: number;
  readonly risk: number;
}

export function traceRisk(answers: readonly { readonly score: number; readonly isRight: boolean }[]): RiskPoint[] {
  const surest = [...answers].sort((a, b) => b.score - a.score);
  let wrong = 0;
  return surest.flatMap(({ score, isRight }, at) => {
    if (!isRight) wrong++;
    // Answers of one score are given together or not at all.
    if (surest[at + 1]?.score === score) return [];
    return [{ coverage: (at + 1) / surest.length, risk: wrong / (at + 1) }];
  });
}
