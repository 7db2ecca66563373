import { describe, expect, it } from 'vitest';
import { findAlertHeading, findAlertMentions } from './alert-names.ts';
import { splitByAlert } from './alert-pages.ts';
import { parseMarkdown } from './markdown.ts';

const alertsOf = (text: string) => splitByAlert(parseMarkdown(text)).map(({ alert }) => alert);

describe('a heading that names an alert', () => {
  it.each([
    ['QueueDepthHigh', 'QueueDepthHigh'],
    ['TargetDown', 'TargetDown'],
    ['KubePodCrashLooping (critical)', 'KubePodCrashLooping'],
    ['3. HTTPErrorRateHigh alert', 'HTTPErrorRateHigh'],
    ['etcd_insufficient_members', 'etcd_insufficient_members'],
    ['queue-depth-high', 'queue-depth-high'],
    ['Alert: Watchdog', 'Watchdog'],
    ['Alert name: web.errors (page)', 'web.errors'],
  ])('%s', (heading, alert) => {
    expect(findAlertHeading(heading)).toBe(alert);
  });

  it.each(['RabbitMQ', 'PostgreSQL', 'web-server', 'max_connections', 'High', 'Queue depth high', 'Alert: it is slow'])(
    '%s names none',
    (heading) => {
      expect(findAlertHeading(heading)).toBeUndefined();
    },
  );
});

describe('a page with many alerts', () => {
  it('becomes one page for each, of any one level', () => {
    expect(alertsOf('# Web\n\n## WebDown\n\nA.\n\n## WebSlow\n\nB.\n')).toEqual(['WebDown', 'WebSlow']);
    expect(alertsOf('# WebDown\n\nA.\n\n# WebSlow\n\nB.\n')).toEqual(['WebDown', 'WebSlow']);
    expect(alertsOf('## Web\n\n### WebDown\n\nA.\n\n## Db\n\n### DbSlow\n\nB.\n')).toEqual(['WebDown', 'DbSlow']);
  });

  it('keeps what belongs to none of them when there is something to do', () => {
    const text = '# Web\n\n## Rollback\n\nUndo.\n\n## WebDown\n\nA.\n\n## WebSlow\n\nB.\n';
    expect(alertsOf(text)).toEqual([undefined, 'WebDown', 'WebSlow']);
    expect(splitByAlert(parseMarkdown(text))[0]?.sections.map(({ text }) => text)).toEqual(['Undo.']);
  });

  it('gives each its own lines and the headings below its own', () => {
    const [down] = splitByAlert(parseMarkdown('# Web\n\n## WebDown\n\nA.\n\n### Fix\n\nB.\n\n## WebSlow\n\nC.\n'));
    expect(down).toMatchObject({ line: 3, endLine: 9, headingPath: ['WebDown'] });
    expect(down?.sections.map(({ headingPath, line }) => [headingPath, line])).toEqual([
      [[], 5],
      [['Fix'], 9],
    ]);
  });

  it('is one page when its title is the alert, or only one heading names one', () => {
    expect(alertsOf('# PodNotReady\n\n## CrashLoopBackOff\n\nA.\n\n## ImagePullFailed\n\nB.\n')).toEqual([undefined]);
    expect(alertsOf('# Web\n\n## WebDown\n\nA.\n\n## See also\n\nB.\n')).toEqual([undefined]);
  });

  it('is one page when such words are states that are looked at', () => {
    expect(alertsOf('# Pods\n\n## Diagnosis\n\n### CrashLoopBackOff\n\nA.\n\n### ImagePullFailed\n\nB.\n')).toEqual([
      undefined,
    ]);
  });
});

describe('alerts in a text', () => {
  it('are those that it says went off', () => {
    expect(
      findAlertMentions('WebErrorsHigh fired, then the alert `DbDownNow` too; `QueueLag` was fine.', false),
    ).toEqual(['WebErrorsHigh', 'DbDownNow']);
  });

  it('are all in backticks where it tells how it was noticed', () => {
    expect(findAlertMentions('We saw `QueueLagHigh` in `RabbitMQ` on `Monday`.', true)).toEqual(['QueueLagHigh']);
  });
});
