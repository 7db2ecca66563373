import { atX, atY, drawFoot, drawSide, type Frame } from './share-axes.ts';
import { drawing, element, type Svg, short, text } from './svg.ts';

export interface RiskLine {
  readonly name: string;
  /** From the least answered to the most. */
  readonly points: readonly { readonly coverage: number; readonly risk: number }[];
}

const FRAME: Frame = { left: 54, top: 12, width: 560, height: 260 };
const SIZE = { width: 800, height: 316 };

/** Colours alone do not survive a printer. */
const DASHES = ['none', '7 3', '2 3'] as const;

/** How wrong one is for how much one answers. */
export function drawRiskCoverage(title: string, lines: readonly RiskLine[]): Svg {
  return drawing(
    title,
    SIZE,
    drawFoot(FRAME, 'share of questions answered, the surest first'),
    drawSide(FRAME, 'share of answers that are wrong'),
    ...lines.map(drawLine),
    ...lines.map(drawKey),
  );
}

function strokeOf(at: number) {
  return {
    stroke: `var(--line-${at % 6})`,
    'stroke-width': 2,
    'stroke-dasharray': DASHES[at % DASHES.length] ?? 'none',
    fill: 'none',
  };
}

function drawLine({ points }: RiskLine, at: number): Svg {
  const places = points.map(({ coverage, risk }) => `${short(atX(FRAME, coverage))},${short(atY(FRAME, risk))}`);
  const [only] = places;
  // A single point draws no line.
  const path = places.length === 1 && only ? [only, only] : places;
  return element('polyline', { points: path.join(' '), ...strokeOf(at), 'stroke-linecap': 'round' });
}

function drawKey({ name }: RiskLine, at: number): Svg {
  const [x, y] = [FRAME.left + FRAME.width + 16, FRAME.top + 12 + at * 20];
  return element('line', { x1: x, x2: x + 28, y1: y - 4, y2: y - 4, ...strokeOf(at) }) + text(name, { x: x + 34, y });
}
