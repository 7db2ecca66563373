import { atX, atY, drawFoot, drawSide, type Frame, percent } from './share-axes.ts';
import { drawing, element, type Svg, text, tooltip } from './svg.ts';

/** Some cases that said about the same: how sure they were, how many were right, and what noise alone would show. */
export interface ReliabilityDot {
  readonly n: number;
  readonly confidence: number;
  readonly accuracy: number;
  /** Where the accuracy of a perfectly calibrated model would lie. */
  readonly band: readonly [low: number, high: number];
}

const FRAME: Frame = { left: 54, top: 30, width: 220, height: 220 };
const SIZE = { width: 290, height: 292 };
const BAND_WIDTH = 12;
/** Of the dot of all cases; its area goes by their number. */
const MOST_RADIUS = 10;
const LEAST_RADIUS = 2.5;

/** A reliability diagram: on the diagonal, what was said is what was so. */
export function drawReliability(title: string, dots: readonly ReliabilityDot[]): Svg {
  const total = dots.reduce((sum, { n }) => sum + n, 0);
  const [from, to] = [
    { x: atX(FRAME, 0), y: atY(FRAME, 0) },
    { x: atX(FRAME, 1), y: atY(FRAME, 1) },
  ];
  return drawing(
    title,
    SIZE,
    text(title, { x: FRAME.left, y: 16, 'font-weight': 'bold' }),
    drawFoot(FRAME, 'said'),
    drawSide(FRAME, 'was so'),
    ...dots.map(drawBand),
    element('line', { x1: from.x, y1: from.y, x2: to.x, y2: to.y, stroke: 'currentColor', 'stroke-dasharray': '4 3' }),
    ...dots.map((dot) => drawDot(dot, total)),
  );
}

function drawBand({ confidence, band: [low, high] }: ReliabilityDot): Svg {
  const [top, bottom] = [atY(FRAME, high), atY(FRAME, low)];
  return element('rect', {
    x: atX(FRAME, confidence) - BAND_WIDTH / 2,
    y: top,
    width: BAND_WIDTH,
    // What has no width at all would vanish: a line is left of it.
    height: Math.max(1, bottom - top),
    fill: 'var(--quiet)',
    'fill-opacity': 0.55,
  });
}

function drawDot({ n, confidence, accuracy, band }: ReliabilityDot, total: number): Svg {
  const isWithin = accuracy >= band[0] && accuracy <= band[1];
  return element(
    'circle',
    {
      cx: atX(FRAME, confidence),
      cy: atY(FRAME, accuracy),
      r: Math.max(LEAST_RADIUS, MOST_RADIUS * Math.sqrt(n / total)),
      // What lies outside is told apart without colours, too.
      fill: isWithin ? 'var(--loud)' : 'none',
      stroke: 'var(--loud)',
      'stroke-width': 2,
    },
    tooltip(`said ${percent(confidence)}, was so in ${percent(accuracy)} of ${n}`),
  );
}
