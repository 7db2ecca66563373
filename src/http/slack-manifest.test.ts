import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { SLACK_ROUTES } from './routes/slack.ts';
import { findRule } from './scopes.ts';

const FILE = fileURLToPath(new URL('../../examples/slack/manifest.yaml', import.meta.url));

/** As much of Slack's manifest as Precedent needs. */
const Manifest = z.object({
  features: z.object({
    slash_commands: z.tuple([
      z.object({
        command: z.literal('/precedent'),
        url: z.url(),
        description: z.string().max(2_000),
        usage_hint: z.string().max(1_000),
        should_escape: z.literal(false),
      }),
    ]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ interactivity: z.object({ is_enabled: z.literal(true), request_url: z.url() }) }),
});

it('is a manifest whose addresses are routes that Slack signs for', () => {
  const { features, oauth_config, settings } = Manifest.parse(parse(readFileSync(FILE, 'utf8')));
  const paths = [features.slash_commands[0].url, settings.interactivity.request_url].map(
    (url) => new URL(url).pathname,
  );
  expect(paths).toEqual(SLACK_ROUTES.map(({ path }) => path));
  expect(paths.map((path) => findRule('POST', path)?.need)).toEqual(['signed', 'signed']);
  expect(oauth_config.scopes.bot).toContain('commands');
});
