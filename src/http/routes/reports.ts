import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { App } from '../../app.ts';
import { Coverage } from '../../review/coverage.ts';
import { jsonAnswer, problems } from './answers.ts';
import { addCalibrationReportRoute, getCalibrationReport } from './calibration-report.ts';

const getCoverage = createRoute({
  method: 'get',
  path: '/v1/reports/coverage',
  operationId: 'getCoverage',
  tags: ['Reports'],
  summary: 'Which alerts have a runbook, and which runbooks no alert reaches?',
  description:
    'The alerting rules are the files that `rules` globs of the sources in precedent.yaml name, as they stand on the ' +
    'disk of this service. `precedent coverage --rules` takes any others.',
  responses: { 200: jsonAnswer('Alert by alert.', 'Coverage', Coverage), ...problems(400, 401, 500, 503) },
});

export const REPORT_ROUTES = [getCoverage, getCalibrationReport];

export function addReportRoutes(api: OpenAPIHono, app: App): void {
  api.openapi(getCoverage, async (c) => c.json(await app.reviewer.getCoverage([], c.req.raw.signal), 200));
  addCalibrationReportRoute(api, app);
}
