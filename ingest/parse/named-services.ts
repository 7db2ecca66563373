const NAME = '`([A-Za-z][\\w.-]{1,60})`';
const SAID = [
  new RegExp(`${NAME} (?:micro)?services?\\b`, 'g'),
  new RegExp(`\\b(?:micro)?services? (?:named |called )?${NAME}`, 'gi'),
];

/** Services that a text calls so and marks as code: "the `checkout` service". Any other code may be anything. */
export function findServiceMentions(text: string): string[] {
  return [...new Set(SAID.flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name)))];
}
