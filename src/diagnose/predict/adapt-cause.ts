import { PROGRAM_IN_PROSE } from './mitigation.ts';

/**
 * Words about one service told for another: its name as a whole word, and its instances (`name-0`), nothing else. Paths,
 * addresses and commands stay as they were written, for those of the other service are nobody's knowledge; so does a
 * text in which both services play a part, as nobody can say which part is whose here, and one with a command between its
 * words, as nobody can say where that ends.
 */
export function adaptCause(text: string, from: string, to: string): string {
  if (from === '' || from.toLowerCase() === to.toLowerCase() || nameIn(to).test(text)) return text;
  if (PROGRAM_IN_PROSE.test(text.replace(/`[^`]*`/g, ' '))) return text;
  return text
    .split(/(`[^`]*`)/)
    .map((part) =>
      isCommand(part) ? part : part.replace(nameIn(from, 'gi'), (_, instance = '') => `${to}${instance}`),
    )
    .join('');
}

/** True where a text names a service, or an instance of it, as a whole word. */
export function namesService(text: string, service: string): boolean {
  return service !== '' && nameIn(service).test(text);
}

/** `web` is no part of `web-server`, `my-web`, `web.example.com`, `/srv/web` or `web_old`. */
function nameIn(service: string, flags = 'i'): RegExp {
  const name = service.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}_./@:=-])${name}(-\\d+)?(?![\\p{L}\\p{N}_/@:=-]|\\.[\\p{L}\\p{N}])`, `${flags}u`);
}

function isCommand(part: string): boolean {
  return part.startsWith('`') && /\s/.test(part);
}
