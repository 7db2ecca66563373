import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { App } from '../../app.ts';
import { renderHtml } from '../../backtest/report/html.ts';
import { renderMarkdown } from '../../backtest/report/markdown.ts';
import { VERSION } from '../../config.ts';
import { BacktestReport } from '../../domain/backtest.ts';
import { EngineName } from '../../domain/engine.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { isKnownTag } from '../etag.ts';
import { jsonAnswer, problems } from './answers.ts';

const MEDIA_TYPES = { json: 'application/json', html: 'text/html', markdown: 'text/markdown' } as const;
type Format = keyof typeof MEDIA_TYPES;

/** The page runs nothing and fetches nothing; its one style sheet stands in it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const answer = jsonAnswer('The report.', 'BacktestReport', BacktestReport);
const words = { schema: z.string() };

export const getCalibrationReport = createRoute({
  method: 'get',
  path: '/v1/reports/calibration',
  operationId: 'getCalibrationReport',
  tags: ['Reports'],
  summary: 'Would it have found it last time, and how far can its confidence be believed?',
  description:
    'The newest report of `precedent backtest`: as JSON, as Markdown, or as a page with plots (`Accept: text/html`, or ' +
    '`format`). The page is whole in itself and can be kept as a file.',
  request: {
    query: z.object({
      engine: EngineName.clone().default('precedent').openapi({ description: 'Whose answers were judged.' }),
      format: z
        .enum(['json', 'html', 'markdown'], 'must be json, html or markdown')
        .optional()
        .openapi({ description: 'Goes before `Accept`.' }),
      cases: z
        .enum(['true', 'false'], 'must be true or false')
        .default('true')
        .openapi({ description: '`false` leaves the lists of cases empty: they are nearly all of a long report.' }),
    }),
    headers: z.object({
      'if-none-match': z
        .string()
        .optional()
        .openapi({ description: 'The `ETag` of the report that is known already.' }),
    }),
  },
  responses: {
    200: { ...answer, content: { ...answer.content, 'text/html': words, 'text/markdown': words } },
    304: { description: 'The report is the one that is known already.' },
    ...problems(400, 401, 404, 500, 503),
  },
});

export function addCalibrationReportRoute(api: OpenAPIHono, { backtester }: Pick<App, 'backtester'>): void {
  api.openapi(getCalibrationReport, async (c) => {
    const { engine, cases, format = preferred(c) } = c.req.valid('query');
    const report = await backtester.findReport(engine, c.req.raw.signal);
    if (!report) throw noReport(engine);
    const tag = `"${VERSION}-${report.id}-${report.isStale ? 'stale' : 'fresh'}-${format}-${cases}"`;
    // Weak: the same report may be written in other bytes.
    c.header('etag', `W/${tag}`);
    c.header('cache-control', 'private, no-cache');
    c.header('vary', 'Accept');
    if (isKnownTag(c.req.valid('header')['if-none-match'], tag)) return c.body(null, 304);
    if (format === 'json') return c.json(cases === 'true' ? report : withoutCases(report), 200);
    c.header('content-type', `${MEDIA_TYPES[format]}; charset=utf-8`);
    if (format === 'markdown') return c.body(renderMarkdown(report), 200);
    c.header('content-security-policy', CONTENT_SECURITY_POLICY);
    return c.body(renderHtml(report), 200);
  });
}

/** What the caller would rather read; JSON for whoever does not say. */
function preferred(c: Context): Format {
  const type = accepts(c, { header: 'Accept', supports: Object.values(MEDIA_TYPES), default: MEDIA_TYPES.json });
  if (type === MEDIA_TYPES.html) return 'html';
  return type === MEDIA_TYPES.markdown ? 'markdown' : 'json';
}

function withoutCases(report: BacktestReport): BacktestReport {
  return { ...report, cases: [], confidence: report.confidence.map((judged) => ({ ...judged, cases: [] })) };
}

function noReport(engine: EngineName): PrecedentError {
  const command = engine === 'precedent' ? 'precedent backtest' : `precedent backtest --engine ${engine}`;
  return new PrecedentError('not-found', `no backtest of this engine has been run: run ${command}`);
}
