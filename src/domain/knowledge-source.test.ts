import { describe, expect, it } from 'vitest';
import { nameOf, tellUrl, tellUrlsIn, toSourceState } from './knowledge-source.ts';

describe('where a source lies', () => {
  it.each([
    ['https://git.example.com/ops/a.git', 'https://git.example.com/ops/a.git'],
    ['https://docs.example.com', 'https://docs.example.com'],
    ['https://docs.example.com/web@1.2.3/', 'https://docs.example.com/web@1.2.3/'],
    ['https://u:p@h.example.com:8443/a', 'https://h.example.com:8443/a'],
    ['https://u:p@ssw0rd@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:pa/ss@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:12/ss@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:pa?ss@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:pa#ss@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:pa\\ss@h.example.com/a', 'https://h.example.com/a'],
    ['https://u:p\na@ss@h.example.com/a', 'https://h.example.com/a'],
    ['HTTPS:u:p@h.example.com/a', 'https://h.example.com/a'],
    [' https://u:p@h.example.com/a', 'https://h.example.com/a'],
    ['https://token@h.example.com/a', 'https://h.example.com/a'],
    ['https://h.example.com/a?private_token=abc', 'https://h.example.com/a'],
    ['https://h.example.com:8443/a?private_token=a@bc', 'https://h.example.com:8443/a'],
    ['https://h.example.com/a#abc', 'https://h.example.com/a'],
    ['ssh://git:p@h.example.com:22/a.git', 'ssh://h.example.com:22/a.git'],
    ['ssh://git:p/q@h.example.com/a.git', 'ssh://h.example.com/a.git'],
    ['git@h.example.com:ops/a.git', 'git@h.example.com:ops/a.git'],
    ['./ops/what?#1', './ops/what?#1'],
    ['C:\\ops', 'C:\\ops'],
    ['/srv/ops@home', '/srv/ops@home'],
  ])('is told without its secrets: %j', (location, told) => {
    expect(tellUrl(location)).toBe(told);
    expect(tellUrl(told)).toBe(told);
  });

  it.each(['https://u:pa/ss@h.example.com', 'https://h.example.com/a.git?private_token=pass'])(
    'gives a source a name and a state that keep them as well: %s',
    (git) => {
      expect(nameOf({ git })).not.toMatch(/pa|ss/);
      expect(toSourceState({ git }).location).not.toMatch(/pa|ss/);
    },
  );

  it('is told in the same way within a text', () => {
    expect(
      tellUrlsIn("unable to access 'https://u:p@ss@h.example.com/a.git/': no answer, see http://h.example.com"),
    ).toBe("unable to access 'https://h.example.com/a.git/': no answer, see http://h.example.com");
  });
});
