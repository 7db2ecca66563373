import type { Finding } from './finding.ts';

/** A version such as `v1.2.3.4`, `chart-1.2.3.4` or `1.2.3.4.5` is no address. */
const IPV4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w|-\w)/g;
const VERSION_BEFORE = /\b(?:version|release|build|tag)s?["']?[ \t]{0,2}[:=]?[ \t"'=]{0,3}$/i;
const IPV6 = /(?<![\w:.])[\da-f]{0,4}(?::[\da-f]{0,4}){2,8}(?![\w:])/gi;

/** Says nothing about anybody's network. */
const NOBODYS = /^(?:127\.|0\.0\.0\.0$|255\.255\.255\.\d+$)/;

export function findIpAddresses(text: string): Finding[] {
  return [
    ...listMatches(text, IPV4).filter(({ start, end }) => {
      const address = text.slice(start, end);
      const isVersion = VERSION_BEFORE.test(text.slice(Math.max(0, start - 20), start));
      return address.split('.').every((part) => Number(part) < 256) && !NOBODYS.test(address) && !isVersion;
    }),
    ...listMatches(text, IPV6).filter(({ start, end }) => isIpv6(text.slice(start, end))),
  ];
}

function listMatches(text: string, pattern: RegExp): Finding[] {
  return [...text.matchAll(pattern)].map(({ 0: match, index }) => ({
    start: index,
    end: index + match.length,
    kind: 'ip',
  }));
}

/** Times (`12:30:45`), hardware addresses and `a::b` of a programming language are none; neither are `::` and `::1`. */
function isIpv6(text: string): boolean {
  const groups = text.split(':');
  const filled = groups.filter((group) => group !== '');
  const gaps = text.split('::').length - 1;
  if (gaps === 0) return filled.length === 8 && groups.length === 8;
  return (
    gaps === 1 &&
    filled.length >= 2 &&
    filled.length < 8 &&
    filled.some((group) => /\d/.test(group)) &&
    filled.join('').length >= 5
  );
}
