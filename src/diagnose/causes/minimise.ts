import type { Pace } from '../retrieve/pace.ts';

export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

interface Step {
  readonly moved: Float64Array;
  readonly turned: Float64Array;
  readonly curvature: number;
}

const MAX_STEPS = 60;
/** Steps whose curvature is remembered. */
const MEMORY = 8;
/** Done when a step gains less than this share of the value: the ranking has long settled by then. */
const TOLERANCE = 3e-4;
const MAX_HALVINGS = 20;
const SUFFICIENT = 1e-4;

/** So many additions take as long as reading a character. */
const PER_COST = 3;

/** The lowest point of a smooth convex function: limited-memory BFGS with a halving line search. */
export async function minimise(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  start: Float64Array,
  pace: Pace,
): Promise<Float64Array> {
  let point = start;
  let slope = await slopeAt(point);
  const steps: Step[] = [];
  for (let count = 0; count < MAX_STEPS; count++) {
    const next = await descend(slopeAt, point, slope, await directionOf(slope.gradient, steps, pace));
    if (!next) break;
    const gained = slope.value - next.slope.value;
    remember(steps, subtract(next.point, point), subtract(next.slope.gradient, slope.gradient));
    await pace.spend((3 * point.length) / PER_COST);
    ({ point, slope } = next);
    if (gained <= TOLERANCE * Math.abs(slope.value)) break;
  }
  return point;
}

/** The gradient, turned by what the last steps taught about the curvature (the two-loop recursion). */
async function directionOf(gradient: Float64Array, steps: readonly Step[], pace: Pace): Promise<Float64Array> {
  const turn = () => pace.spend((2 * gradient.length) / PER_COST);
  const direction = gradient.map((part) => -part);
  const shares = steps.map(() => 0);
  for (let at = steps.length - 1; at >= 0; at--) {
    const step = steps[at];
    if (!step) continue;
    shares[at] = dot(step.moved, direction) / step.curvature;
    add(direction, step.turned, -(shares[at] ?? 0));
    await turn();
  }
  const last = steps.at(-1);
  const scale = last
    ? last.curvature / dot(last.turned, last.turned)
    : 1 / Math.max(1, Math.sqrt(dot(gradient, gradient)));
  for (let at = 0; at < direction.length; at++) direction[at] = (direction[at] ?? 0) * scale;
  for (const [at, step] of steps.entries()) {
    add(direction, step.moved, (shares[at] ?? 0) - dot(step.turned, direction) / step.curvature);
    await turn();
  }
  return direction;
}

async function descend(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  point: Float64Array,
  slope: Slope,
  direction: Float64Array,
): Promise<{ point: Float64Array; slope: Slope } | undefined> {
  const steepness = dot(slope.gradient, direction);
  if (!(steepness < 0)) return undefined;
  for (let halving = 0, length = 1; halving < MAX_HALVINGS; halving++, length /= 2) {
    const there = Float64Array.from(point);
    add(there, direction, length);
    const found = await slopeAt(there);
    if (found.value <= slope.value + SUFFICIENT * length * steepness) return { point: there, slope: found };
  }
  return undefined;
}

function remember(steps: Step[], moved: Float64Array, turned: Float64Array): void {
  const curvature = dot(moved, turned);
  if (curvature <= 0) return;
  steps.push({ moved, turned, curvature });
  if (steps.length > MEMORY) steps.shift();
}

function subtract(a: Float64Array, b: Float64Array): Float64Array {
  const difference = Float64Array.from(a);
  add(difference, b, -1);
  return difference;
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let at = 0; at < target.length; at++) target[at] = (target[at] ?? 0) + factor * (other[at] ?? 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
