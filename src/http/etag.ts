/** Whether the caller has it already. RFC 9110: `If-None-Match` is a list of tags, which compare without their `W/`, or `*`. */
export function isKnownTag(header: string | undefined, tag: string): boolean {
  const tags = (header ?? '').split(',').map((known) => known.trim().replace(/^W\//, ''));
  return tags.includes(tag) || tags.includes('*');
}
