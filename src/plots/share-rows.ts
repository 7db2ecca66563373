import { atX, drawFoot, type Frame, GRID, percent } from './share-axes.ts';
import { drawing, element, type Svg, text, tooltip } from './svg.ts';

/** A share with its interval; null of nothing. */
export interface DrawnShare {
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number];
}

/** What one line shows: its name, of how many cases, and one share for each series. */
export interface ShareRow {
  readonly name: string;
  readonly n: number;
  readonly shares: readonly DrawnShare[];
}

const LEFT = 230;
const WIDTH = 480;
const ROW = 24;
const HEAD = 34;
const FOOT = 42;
/** Letters of a name that fit beside the row; the whole of it shows when pointed at. */
const NAME_LENGTH = 34;

/** Shapes, because colours alone do not survive a printer. */
const SHAPES = [
  { r: 4.5, fill: 'var(--loud)', stroke: 'var(--loud)' },
  { r: 3.5, fill: 'var(--paper)', stroke: 'var(--line-1)' },
  { r: 2, fill: 'var(--line-2)', stroke: 'var(--line-2)' },
] as const;

/** One line per row, with the interval of its first series; the others are marks. */
export function drawShareRows(title: string, series: readonly string[], rows: readonly ShareRow[]): Svg {
  const frame: Frame = { left: LEFT, top: HEAD, width: WIDTH, height: rows.length * ROW };
  return drawing(
    title,
    { width: LEFT + WIDTH + 70, height: HEAD + frame.height + FOOT },
    ...series.map((name, at) => drawKey(name, at)),
    drawFoot(frame, 'share, with the 95 % interval of the first'),
    ...rows.map((row, at) => drawRow(row, series, frame, HEAD + (at + 0.5) * ROW)),
  );
}

function drawKey(name: string, at: number): Svg {
  const x = LEFT + 6 + at * 150;
  return element('circle', { cx: x, cy: 14, 'stroke-width': 2, ...shapeOf(at) }) + text(name, { x: x + 12, y: 18 });
}

function drawRow({ name, n, shares }: ShareRow, series: readonly string[], frame: Frame, y: number): Svg {
  const letters = [...name];
  const shown = letters.length > NAME_LENGTH ? `${letters.slice(0, NAME_LENGTH - 1).join('')}…` : name;
  return [
    element(
      'g',
      {},
      tooltip(name),
      text(shown, { x: LEFT - 10, y: y + 4, 'text-anchor': 'end' }),
      text(`n ${n}`, { x: LEFT + WIDTH + 12, y: y + 4 }),
    ),
    element('line', { x1: LEFT, x2: LEFT + WIDTH, y1: y, y2: y, ...GRID, 'stroke-dasharray': '1 4' }),
    drawInterval(shares[0], frame, y),
    // The first lies on top of those that can only be the same or more.
    ...shares.map((share, at) => drawMark(share, series[at] ?? '', at, frame, y)).reverse(),
  ].join('');
}

function drawInterval(share: DrawnShare | undefined, frame: Frame, y: number): Svg {
  if (!share || share.value === null) return '';
  const [low, high] = share.interval;
  return element('line', {
    x1: atX(frame, low),
    x2: atX(frame, high),
    y1: y,
    y2: y,
    stroke: 'var(--loud)',
    'stroke-width': 2,
    'stroke-opacity': 0.6,
  });
}

function drawMark({ value }: DrawnShare, name: string, at: number, frame: Frame, y: number): Svg {
  if (value === null) return '';
  return element(
    'circle',
    { cx: atX(frame, value), cy: y, 'stroke-width': 2, ...shapeOf(at) },
    tooltip(`${name}: ${percent(value)}`),
  );
}

function shapeOf(at: number) {
  return SHAPES[Math.min(at, SHAPES.length - 1)] ?? SHAPES[0];
}
