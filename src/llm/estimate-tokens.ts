/** Characters of a token in English, as tokenizers of chat models cut it. */
const CHARACTERS = 4;

/** About so many tokens, rather too many than too few: what is not ASCII takes one each. */
export function estimateTokens(text: string): number {
  let others = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) others++;
  return Math.ceil((text.length - others) / CHARACTERS) + others;
}
