import * as Plot from '@observablehq/plot';
import { JSDOM } from 'jsdom';
import type { Measured } from '../metrics.ts';

/** A page's document to draw into, on a machine without a screen. */
const { document } = new JSDOM('').window;

/** Plots take the page's colours, so that one drawing serves light and dark. */
const STYLE = { background: 'none', color: 'currentColor', fontSize: '12px', overflow: 'visible' };
const WIDTH = 940;
const ROW = 17;
const RIGHT = 180;
const LETTER = 6.8;

/** One bar with its interval: whose it is, within which group. */
export interface Bar {
  readonly group: string;
  readonly name: string;
  readonly measured: Measured;
}

/** Bars side by side within each group, each with its interval. `isLoud` names those that the report is about. */
export function drawBars(bars: readonly Bar[], label: string, isLoud: (name: string) => boolean): string {
  const names = unique(bars.map(({ name }) => name));
  const rows = bars.map(({ group, name, measured }) => ({ group, name, ...measured }));
  const groups = unique(bars.map(({ group }) => group));
  return toSvg({
    height: 60 + groups.length * (names.length * ROW + 22),
    marginLeft: widthOf(groups),
    marginRight: RIGHT,
    x: { domain: [0, 1], label, grid: true },
    y: { domain: names, label: null, axis: null },
    fy: { domain: groups, label: null, padding: 0.12, axis: 'left' },
    facet: { data: rows, y: 'group' },
    marks: [
      Plot.barX(rows, {
        x: 'value',
        y: 'name',
        fill: (row: Bar) => (isLoud(row.name) ? 'var(--loud)' : 'var(--quiet)'),
      }),
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'name', stroke: 'currentColor', strokeWidth: 1.2 }),
      Plot.text(rows, {
        x: 1,
        y: 'name',
        text: 'name',
        dx: 6,
        textAnchor: 'start',
        fill: 'currentColor',
        fontSize: 10,
      }),
      Plot.ruleX([0]),
    ],
  });
}

/** A dot and an interval around zero for each name, within each group. */
export function drawDifferences(bars: readonly Bar[], label: string): string {
  const rows = bars.map(({ group, name, measured }) => ({ group, name, ...measured }));
  const [names, groups] = [unique(bars.map(({ name }) => name)), unique(bars.map(({ group }) => group))];
  return toSvg({
    height: 60 + groups.length * (names.length * ROW + 22),
    marginLeft: widthOf(groups),
    marginRight: RIGHT,
    x: { label, grid: true, nice: true },
    y: { domain: names, label: null, axis: 'right' },
    fy: { domain: groups, label: null, padding: 0.12, axis: 'left' },
    facet: { data: rows, y: 'group' },
    marks: [
      Plot.ruleX([0], { strokeOpacity: 0.5 }),
      Plot.ruleY(rows, { x1: 'low', x2: 'high', y: 'name', stroke: 'var(--loud)', strokeWidth: 1.5 }),
      Plot.dot(rows, { x: 'value', y: 'name', fill: 'var(--loud)', r: 3 }),
    ],
  });
}

export interface CurvePoint {
  readonly line: string;
  readonly x: number;
  readonly y: number;
}

/** One line per name, each with a dash pattern of its own: colours alone do not survive a printer. */
export function drawCurves(points: readonly CurvePoint[], labels: { readonly x: string; readonly y: string }): string {
  const lines = unique(points.map(({ line }) => line));
  const last = lines
    .map((line) => points.filter((point) => point.line === line).at(-1))
    .filter((point) => point !== undefined);
  return toSvg({
    height: 380,
    marginLeft: 60,
    marginRight: RIGHT,
    x: { domain: [0, 1], label: labels.x, grid: true },
    y: { domain: [0, 1], label: labels.y, grid: true },
    marks: [
      ...lines.map((line, at) =>
        Plot.line(
          points.filter((point) => point.line === line),
          {
            x: 'x',
            y: 'y',
            stroke: `var(--line-${at % 6})`,
            strokeDasharray: DASHES[(at + Math.floor(at / DASHES.length)) % DASHES.length] ?? '',
          },
        ),
      ),
      Plot.text(last, {
        ...{ x: 1, text: 'line', textAnchor: 'start', dx: 8, fontSize: 10 },
        y: (_: CurvePoint, at: number) => 0.97 - at * 0.05,
        fill: (point: CurvePoint) => `var(--line-${lines.indexOf(point.line) % 6})`,
      }),
    ],
  });
}

const DASHES = ['', '6 3', '2 3', '8 3 2 3', '12 4', '3 6'];

function toSvg(options: Plot.PlotOptions): string {
  const drawn = Plot.plot({ ...options, document, width: WIDTH, style: STYLE });
  // With no legend asked for, a plot is the SVG element itself.
  drawn.setAttribute('role', 'img');
  return drawn.outerHTML;
}

/** Room for the longest name, at what a letter takes on average. */
function widthOf(names: readonly string[]): number {
  return 16 + LETTER * Math.max(...names.map((name) => name.length));
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
