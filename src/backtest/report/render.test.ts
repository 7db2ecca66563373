import { JSDOM } from 'jsdom';
import { describe, expect, it } from 'vitest';
import type { BacktestReport } from '../../domain/backtest.ts';
import { drawCases } from '../__fixtures__/drawn-cases.ts';
import { buildCase } from '../__fixtures__/past.ts';
import { fitCalibration } from '../calibrate.ts';
import { buildReport } from './build-report.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';

/** Names as somebody might write them into a postmortem, and as no report must take them. */
const NASTY = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</title></svg></style><iframe src="https://evil.example.com">',
  '| a | table | row |\n\n# heading',
  '[link](https://evil.example.com) @somebody `code` #1 **bold**',
  '\u001b[2Jcleared \u202Ereversed\u0000',
  '&lt;b&gt; &#x3c;script&#x3e;',
];

const FRAME = {
  id: 'run-1',
  engine: 'precedent' as const,
  recipe: 'r1',
  fittedAt: '2026-06-01T10:00:00.000Z',
  generation: NASTY[0] ?? '',
  incidents: 'abc',
};
const NOBODY = { targets: { service: [], category: [], both: [] }, diagnoses: 0 };

async function build(cases: ReturnType<typeof drawCases>): Promise<BacktestReport> {
  const calibration = await fitCalibration(FRAME, cases, NOBODY);
  const skipped = [
    ...NASTY.map((nasty) => ({ incident: nasty, reason: 'failed' as const, detail: nasty })),
    { incident: 'plain', reason: 'no-cause' as const },
  ];
  return buildReport({ cases, skipped, calibration, verdicts: NOBODY, risks: { act: 0.1, suggest: 0.5 } });
}

const hostile = drawCases(60).map((one, at) => {
  const nasty = NASTY[at % NASTY.length] ?? '';
  const names = { service: nasty, category: nasty };
  return { ...one, incident: nasty, title: nasty, truth: names, said: at % 3 === 0 ? names : one.said };
});
const missed = NASTY.map((nasty, at) =>
  buildCase({
    incident: `${nasty}${at}`,
    title: nasty,
    truth: { service: nasty, category: nasty },
    ranks: { service: null, category: null, both: null },
  }),
);
const report = await build([...hostile, ...missed]);
const plain = await build(drawCases(100));

interface Node {
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  querySelectorAll(selector: string): Iterable<Node>;
}

describe('the page', () => {
  const html = renderHtml(report);
  // The DOM is jsdom's, whose shape our own declaration leaves open.
  const page = new JSDOM(html).window.document as Node;
  const all = (selector: string, within: Node = page) => [...within.querySelectorAll(selector)];

  it('fetches nothing, runs nothing and leads nowhere', () => {
    expect(all('script, link, img, iframe, object, embed, a, form, base, image, use, foreignObject')).toEqual([]);
    for (const element of all('*')) {
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^(?:src|href|xlink:href|srcset|action|style)$/);
        if (name !== 'xmlns') expect(value).not.toMatch(/https?:|url\(|javascript:/i);
      }
    }
    expect(
      all('style')
        .map(({ textContent }) => textContent)
        .join(''),
    ).not.toMatch(/@import|url\(|https?:/);
  });

  it('shows every name as it is written', () => {
    const cells = all('td').map(({ textContent }) => textContent);
    // What no page can hold shows as unknown.
    for (const nasty of NASTY) expect(cells).toContain(nasty.replace(/[^\P{Cc}\n]/gu, '\uFFFD'));
  });

  it('is well-formed: reading and writing it again changes nothing', () => {
    const wellFormed = renderHtml(plain);
    const tags = (name: string) => [
      wellFormed.match(new RegExp(`<${name}[ >]`, 'g'))?.length,
      wellFormed.match(new RegExp(`</${name}>`, 'g'))?.length,
    ];
    for (const name of ['svg', 'section', 'table', 'tr', 'td', 'details', 'figure', 'line', 'circle', 'text', 'g']) {
      const [open, close] = tags(name);
      expect(open, name).toBeGreaterThan(0);
      expect(close, name).toBe(open);
    }
    const body = new JSDOM(wellFormed).window.document as Node;
    expect([...body.querySelectorAll('svg line')].length).toBe(tags('line')[0]);
    expect(wellFormed).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  it('has every plot as a table as well, and says what it shows', () => {
    const body = new JSDOM(renderHtml(plain)).window.document as Node;
    const figures = [...body.querySelectorAll('section')].filter((section) => all('figure', section).length > 0);
    expect(figures.map((section) => all('h2', section)[0]?.textContent)).toEqual([
      'Would it have found it?',
      'Reliability (by time)',
      'Risk by coverage (by time)',
      'Reliability (each case left out)',
      'Risk by coverage (each case left out)',
      'By category',
      'By month',
    ]);
    for (const section of figures) {
      expect(all('details table tbody tr', section).length).toBeGreaterThan(0);
      for (const svg of all('svg', section)) {
        expect([...svg.attributes].find(({ name }) => name === 'aria-label')?.value).toBeTruthy();
      }
    }
  });

  it('draws every bin where it belongs, with the band of its noise', () => {
    const body = new JSDOM(renderHtml(plain)).window.document as Node;
    const [section] = [...body.querySelectorAll('section')].filter(
      (one) => all('h2', one)[0]?.textContent === 'Reliability (by time)',
    );
    const bins = plain.confidence.filter(({ split }) => split === 'later').flatMap(({ bins }) => bins);
    const at = (element: Node, name: string) => Number([...element.attributes].find((one) => one.name === name)?.value);
    const dots = all('circle', section).map((dot) => [at(dot, 'cx'), at(dot, 'cy')]);
    expect(dots).toHaveLength(bins.length);
    for (const [index, { confidence, accuracy }] of bins.entries()) {
      expect(dots[index]?.[0]).toBeCloseTo(54 + 220 * confidence, 0);
      expect(dots[index]?.[1]).toBeCloseTo(30 + 220 * (1 - accuracy), 0);
    }
    expect(all('rect', section)).toHaveLength(bins.length);
  });

  it('is readable by day, by night and on paper', () => {
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html).toContain('@media print');
  });

  it('warns when incidents have changed since', () => {
    expect(renderHtml({ ...plain, isStale: true })).toContain('class="warning"');
    expect(renderHtml(plain)).not.toContain('class="warning"');
    expect(renderMarkdown({ ...plain, isStale: true })).toMatch(/^\*\*Incidents have changed/m);
  });
});

describe('the same as Markdown', () => {
  const markdown = renderMarkdown(report);

  it('takes no name for markup, nor for a command to a terminal', () => {
    const words = markdown.replace(/`[^`\n]*`/g, '');
    expect(words).not.toMatch(/<|\[link|@somebody|\*\*bold|#1|alert/);
    expect(markdown.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
  });

  it('keeps every table whole', () => {
    const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.length).toBeGreaterThan(30);
    for (const table of markdown
      .trim()
      .split(/\n{2,}/)
      .filter((part) => part.startsWith('|'))) {
      expect(new Set(table.split('\n').map((row) => row.match(/\|/g)?.length)).size, table).toBe(1);
      expect(new Set(table.split('\n').map((row) => [...row].length)).size).toBe(1);
    }
  });

  it('shows the shares that were counted', () => {
    const { top1 } = plain.found.service;
    const first = renderMarkdown(plain)
      .split('\n')
      .find((line) => line.startsWith('| service '));
    expect(first).toContain(`${Math.round((top1.value ?? 0) * 100)} % (`);
    expect(first).toContain('| 100 |');
  });

  it('says which thresholds would have held', () => {
    const sure = {
      ...plain,
      confidence: plain.confidence.map((one) => ({ ...one, thresholds: { act: 0, suggest: null } })),
    };
    const [row] = renderMarkdown(sure).match(/^\| service .*of 40.*$/m) ?? [];
    expect(row).toContain('40 of 40');
    const wrong = plain.confidence[0]?.cases.filter(({ isRight }) => !isRight).length ?? 0;
    expect(row).toContain(`${Math.round((wrong / 40) * 100)} %`);
  });

  it('says nothing of what was not measured', async () => {
    const bare = renderMarkdown(await build([buildCase({ date: null })]));
    expect(bare).not.toMatch(/By month|believed|would have missed/);
  });
});
