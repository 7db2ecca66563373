import { OpenAPIHono } from '@hono/zod-openapi';
import { describe, expect, it } from 'vitest';
import type { App } from '../../app.ts';
import { PrecedentError } from '../../domain/errors.ts';
import { LOCAL_OPERATOR } from '../../domain/principal.ts';
import { toProblem } from '../problem.ts';
import { addPostmortemRoutes } from './postmortem.ts';

const DRAFT = { diagnosis: 'd1', title: 'Full', date: '2026-03-01', markdown: '---\ntitle: Full\n---\n' };

function apiOf(draft: App['promoter']['draft']): OpenAPIHono {
  const api = new OpenAPIHono();
  api.onError((error, c) => {
    const { status, headers, body } = toProblem(error, c.req.path);
    return c.body(JSON.stringify(body), status, headers);
  });
  api.use(async (c, next) => {
    c.set('principal', LOCAL_OPERATOR);
    await next();
  });
  addPostmortemRoutes(api, { promoter: { draft, listCandidates: async () => [] } });
  return api;
}

describe('GET /v1/diagnoses/{id}/postmortem', () => {
  it('answers with the draft as a Markdown file, whatever the service is called', async () => {
    const fileName = '2026/2026-03-01-größe-disk-full.md';
    const api = apiOf(async (id) => ({ ...DRAFT, diagnosis: id, fileName }));
    const response = await api.request('/v1/diagnoses/d1/postmortem');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe(
      "attachment; filename*=UTF-8''2026-03-01-gr%C3%B6%C3%9Fe-disk-full.md",
    );
    expect(await response.text()).toBe(DRAFT.markdown);
  });

  it.each([
    ['not-found', 404],
    ['diagnosis-not-done', 409],
    ['not-promotable', 409],
    ['casebook-unavailable', 503],
  ] as const)('says %s as %d', async (code, status) => {
    const api = apiOf(async () => {
      throw new PrecedentError(code, 'in words');
    });
    const response = await api.request('/v1/diagnoses/d1/postmortem');
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: `urn:precedent:problem:${code}`, detail: 'in words' });
  });
});
