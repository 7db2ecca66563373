import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Served, serve } from '../__fixtures__/serve.ts';

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served[Symbol.asyncDispose]());

test.each(['/', '/docs/'])('%s leads to the docs', async (path) => {
  const response = await fetch(`${served.url}${path}`, { redirect: 'manual' });
  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toBe('/docs');
});

test('the page brings everything it needs itself, and its policy lets nothing else in', async () => {
  const response = await fetch(`${served.url}/docs`);
  const policy = response.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
  const page = await response.text();
  expect(page).not.toMatch(/<script>|<style|https?:|\son\w+=/);
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file!);
  expect(files).toHaveLength(4);
  for (const file of files) {
    const asset = await fetch(new URL(file, `${served.url}/docs`));
    expect(asset.status, file).toBe(200);
    expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50);
    expect(asset.headers.get('x-content-type-options')).toBe('nosniff');
  }
});

test('only the files of the page are served', async () => {
  expect((await fetch(`${served.url}/docs/package.json`)).status).toBe(404);
  expect((await fetch(`${served.url}/docs/..%2f..%2fpackage.json`)).status).toBe(404);
});
