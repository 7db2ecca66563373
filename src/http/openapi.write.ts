import { writeFileSync } from 'node:fs';
import { buildOpenApiDocument } from './openapi.ts';

/** `npm run openapi`: the document that clients are generated from, as a file of the repository. */
writeFileSync(
  new URL('../../docs/openapi.json', import.meta.url),
  `${JSON.stringify(buildOpenApiDocument(), null, 2)}\n`,
);
