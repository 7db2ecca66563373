import { describe, expect, it } from 'vitest';
import { PrecedentError } from '../domain/errors.ts';
import { Outage, OutageListing } from '../domain/outage.ts';
import { LOCAL_OPERATOR } from '../domain/principal.ts';
import { openIntakeWith, resolve, SHOP } from './__fixtures__/outage-in-progress.ts';
import { createOutages } from './outages.ts';

const graph = async () => SHOP;
const open = async (...services: string[]) => createOutages({ intake: await openIntakeWith(services), graph });

describe('an outage', () => {
  it('is told with its members, whom it exposes, and whom to suspect', async () => {
    const outage = await (await open('payment', 'checkout')).getOutage('outage-1', LOCAL_OPERATOR);
    expect(Outage.parse(outage)).toEqual(outage);
    expect(outage).toMatchObject({ status: 'open', namespace: 'default', memberCount: 2, alertCount: 2 });
    expect(outage.members.map(({ occurrence, because, reason }) => [occurrence, because, reason])).toEqual([
      ['o-payment', 'first', 'the first of these alerts'],
      ['o-checkout', 'topology', 'checkout calls payment'],
    ]);
    expect(outage.blastRadius).toEqual({
      alerting: ['payment', 'checkout'],
      exposed: [
        { service: 'web', hops: 1 },
        { service: 'mobile', hops: 2 },
      ],
    });
    expect(outage.commonSuspect).toMatchObject({ service: 'payment', explains: 1 });
    expect(outage.summary).toContain('payment would explain 100 % of the alerting services');
    expect(outage).not.toHaveProperty('degraded');
  });

  it('names services that no topology knows, and counts them', async () => {
    const intake = await openIntakeWith(['payment', 'checkout'], 'default', ['Billing', 'search', 'mailer']);
    const outage = await createOutages({ intake, graph }).getOutage('outage-1', LOCAL_OPERATOR);
    expect(Outage.parse(outage)).toEqual(outage);
    expect(outage.members.map(({ services }) => services)).toEqual([
      ['payment', 'Billing', 'search', 'mailer'],
      ['checkout', 'Billing', 'search', 'mailer'],
    ]);
    const unknown = ['Billing', 'search', 'mailer'];
    expect(outage.blastRadius).toMatchObject({ alerting: ['payment', 'checkout', ...unknown], unknown });
    expect(outage.commonSuspect).toMatchObject({ service: 'payment', explains: 2 / 5 });
    expect(outage.commonSuspect?.reasons).toContain('2 of 5 alerting services are payment or call it');
    expect(outage.summary).toContain('also Billing, search and mailer, which no topology knows');
  });

  it('names what its labels name while the index is away, and does not call it unknown', async () => {
    const intake = await openIntakeWith(['payment', 'checkout'], 'default', ['billing']);
    const away = () => Promise.reject(new PrecedentError('index-unavailable', 'nobody listens'));
    const outage = await createOutages({ intake, graph: away }).getOutage('outage-1', LOCAL_OPERATOR);
    expect(outage.blastRadius).toEqual({ alerting: ['payment', 'checkout', 'billing'], exposed: [] });
    expect(outage.summary).not.toContain('no topology');
  });

  it('is over with the last of its members, and says how long it took', async () => {
    const intake = await openIntakeWith(['payment', 'checkout']);
    const outages = createOutages({ intake, graph });
    await resolve(intake, 'payment', 0, 60);
    expect(await outages.getOutage('outage-1', LOCAL_OPERATOR)).toMatchObject({ status: 'open' });
    await resolve(intake, 'checkout', 1, 600);
    const over = await outages.getOutage('outage-1', LOCAL_OPERATOR);
    expect(over).toMatchObject({ status: 'resolved', durationSeconds: 600 });
    expect(over.summary).toMatch(/All of it was resolved after 10 min\.$/);
  });

  it('is told without the graph while the index is away, which it says', async () => {
    const intake = await openIntakeWith(['payment', 'checkout']);
    const away = createOutages({
      intake,
      graph: () => Promise.reject(new PrecedentError('index-unavailable', 'nobody listens')),
    });
    const outage = await away.getOutage('outage-1', LOCAL_OPERATOR);
    expect(outage).toMatchObject({ memberCount: 2, commonSuspect: null });
    expect(outage.blastRadius).toEqual({ alerting: ['payment', 'checkout'], exposed: [] });
    expect(outage.degraded).toEqual([expect.stringContaining('nobody listens')]);
  });

  it('of another team is not to be found, nor listed', async () => {
    const outages = createOutages({ intake: await openIntakeWith(['payment', 'checkout'], 'team-a'), graph });
    const [ours, theirs] = [{ namespace: 'team-a' }, { namespace: 'team-b' }];
    expect(await outages.getOutage('outage-1', ours)).toMatchObject({ namespace: 'team-a' });
    await expect(outages.getOutage('outage-1', theirs)).rejects.toMatchObject({ code: 'not-found' });
    expect(await outages.listOutages(theirs, 10)).toEqual([]);
    expect(await outages.listOutages(ours, 10)).toHaveLength(1);
  });

  it('that nobody was told of is not to be found', async () => {
    await expect((await open()).getOutage('none', LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the list of outages', () => {
  it('tells of each what needs no working out', async () => {
    const [listed, ...others] = await (await open('payment', 'checkout', 'mail')).listOutages(LOCAL_OPERATOR, 10);
    expect(others).toEqual([]);
    expect(OutageListing.parse(listed)).toEqual(listed);
    expect(listed).toMatchObject({ id: 'outage-1', memberCount: 2, status: 'open' });
  });
});
