import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { buildOpenApiDocument } from '../openapi.ts';

/** Everything the page needs comes from here, and nothing on it can talk to anybody else. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Precedent API</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`;

/** A file of its own, because the policy lets no script run inside the page. */
const START = `SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

const SWAGGER_FILES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
]);

const { resolve } = createRequire(import.meta.url);

/** The API's own description: `/openapi.json`, and a page that shows it without any network beyond this server. */
export function addDocsRoutes(api: OpenAPIHono): void {
  const document = buildOpenApiDocument();
  api.get('/', (c) => c.redirect('/docs'));
  api.get('/openapi.json', (c) => c.json(document));
  api.get('/docs', (c) => c.html(PAGE, 200, { 'content-security-policy': CONTENT_SECURITY_POLICY }));
  api.get('/docs/', (c) => c.redirect('/docs'));
  api.get('/docs/start.js', (c) => c.body(START, 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  for (const [name, type] of SWAGGER_FILES) {
    api.get(`/docs/${name}`, async (c) => {
      const file = await readFile(resolve(`swagger-ui-dist/${name}`));
      return c.body(new Uint8Array(file), 200, { 'content-type': type, 'cache-control': 'public, max-age=3600' });
    });
  }
}
