import { element, type Svg, text } from './svg.ts';

/** Where shares from 0 to 1 lie on the paper, in both directions. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Marks of an axis: every fifth. */
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

export const GRID = { stroke: 'var(--rule)', 'stroke-width': 1 } as const;

export function atX({ left, width }: Frame, share: number): number {
  return left + width * share;
}

/** Upwards. */
export function atY({ top, height }: Frame, share: number): number {
  return top + height * (1 - share);
}

/** Lines and figures along the foot, and what they stand for. */
export function drawFoot(frame: Frame, label: string): Svg {
  const bottom = frame.top + frame.height;
  return [
    ...TICKS.map((share) => {
      const x = atX(frame, share);
      return (
        element('line', { x1: x, x2: x, y1: frame.top, y2: bottom, ...GRID }) +
        text(percent(share), { x, y: bottom + 14, 'text-anchor': 'middle' })
      );
    }),
    text(label, { x: frame.left + frame.width / 2, y: bottom + 32, 'text-anchor': 'middle' }),
  ].join('');
}

/** Lines and figures along the left side. */
export function drawSide(frame: Frame, label: string): Svg {
  const [x, y] = [frame.left - 40, frame.top + frame.height / 2];
  return [
    ...TICKS.map((share) => {
      const height = atY(frame, share);
      return (
        element('line', { x1: frame.left, x2: frame.left + frame.width, y1: height, y2: height, ...GRID }) +
        text(percent(share), { x: frame.left - 6, y: height + 4, 'text-anchor': 'end' })
      );
    }),
    text(label, { x, y, 'text-anchor': 'middle', transform: `rotate(-90 ${x} ${y})` }),
  ].join('');
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
