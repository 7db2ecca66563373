import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { openIntakeWith, SHOP } from '../intake-desk/__fixtures__/outage-in-progress.ts';
import { createOutages } from '../intake-desk/outages.ts';
import { outageCommand } from './outage.ts';

it('an outage in the terminal names services that no topology knows, as such', async () => {
  const intake = await openIntakeWith(['payment', 'checkout'], 'default', ['billing', 'search', 'mailer']);
  const written: string[] = [];
  const write = (text: string) => void written.push(stripVTControlCharacters(text));
  const outages = createOutages({ intake, graph: async () => SHOP });
  await outageCommand(outages, 'outage-1', {}, { write, signal: new AbortController().signal });
  const text = written.join('').replace(/\s+/g, ' ');
  expect(text).toContain('Alerting, in no topology billing, search, mailer');
  expect(text).toContain('payment, which would explain 40 % of what alerts');
  expect(text).toContain('payment is slow of payment, billing, search, mailer');
});
