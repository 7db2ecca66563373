/** Escaped text of a drawing, ready to be put into another part of it. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number>>;

/** One element. Attributes are escaped here; `inside` must come from `element` or `text`. */
export function element(name: string, attributes: Attributes, ...inside: readonly Svg[]): Svg {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escapeMarkup(typeof value === 'number' ? short(value) : value)}"`,
  );
  return `<${name}${written.join('')}>${inside.join('')}</${name}>`;
}

/** Words at a place. */
export function text(words: string, attributes: Attributes): Svg {
  return element('text', attributes, escapeMarkup(words));
}

/** What is shown when somebody points at the element around it, and what is read aloud. */
export function tooltip(words: string): Svg {
  return element('title', {}, escapeMarkup(words));
}

/** A drawing that says what it shows to those who cannot see it, in the colours and the letters of the page around it. */
export function drawing(
  title: string,
  size: { readonly width: number; readonly height: number },
  ...parts: readonly Svg[]
): Svg {
  const { width, height } = size;
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${short(width)} ${short(height)}`,
      width,
      height,
      role: 'img',
      'aria-label': title,
      'font-size': 11,
      'font-family': 'system-ui, sans-serif',
      fill: 'currentColor',
    },
    ...parts,
  );
}

/** Of HTML and of SVG within it. Control characters have no place in either, and show as what stands for the unknown. */
export function escapeMarkup(words: string): string {
  return words
    .replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\p{Cc}/gu, (character) => (character === '\n' || character === '\t' ? character : '\uFFFD'));
}

/** Tenths of a pixel are seen by nobody. */
export function short(value: number): string {
  return String(Math.round(value * 10) / 10);
}
